"""Why a target is missed, and what would get there: by the figure's key, or by the part of it before its last dot.

Words only; the figures beside them come from the run.
"""

CAUSES: dict[str, str] = {
    "ingest.lake": (
        "On pandas 3, whose texts are Arrow's, NEMOSIS is several times as fast as on the pandas it was written for. Unzipping and "
        "`pyarrow.csv` alone, without typing, checking or storing anything (a line of the full table), take most of a tenth of "
        "its time. Here every column of five tables is read, revisions are settled, and Parquet, frames and checksums are written. "
        "Two ways were tried: no copies of what is kept whole and no search for doubles in files in order (a quarter less work)."
    ),
    "ingest.parse": (
        "Arrow's reader gets the same bytes as one table with types guessed; here lines are first told apart (four passes over the "
        "text), stamps and names become times and categories, doubles are settled. Reading straight from Arrow's columns into the "
        "lake's, without frames between, is what would save more; how much was not measured."
    ),
    "export.memory": (
        "Rows are made 16,384 at a time while they are sent, and none are kept: a file of any length peaks 25 to 45 "
        "MB above what was there before (measured over some 9 million points), where it was 1.1 GB for 20 million "
        "when they were held together. What is left is Arrow's and zlib's working memory in the threads that make "
        "the pieces; it goes back when the file has been sent. Tried beside that: a fixed limit above which the C "
        "library maps memory (about 15 MB less, but every large array is then cleared anew)."
    ),
    "export.others": (
        "The export's text is made in threads that share Python's lock with the event loop, 16,384 lines at a time "
        "(at most 28 ms of processor time); compressing, the largest part of it, holds no lock. A process of its own "
        "for exports would take the rest away."
    ),
    "export.changes": "As for the small questions: the export and the pages share one process and its lock.",
    "memory.explorer": (
        "The helper with datashader's compiled kernels takes 150 MB of it. Kernels kept in a file, which the helper maps, would spare "
        "part of that; not tried."
    ),
    "memory.worker": (
        "What workers import is imported before the fork: a further worker is 36 MB when ready where it was 84, and "
        "116 after a visit to every page where it was 134 (second to third). The first further one pays for the "
        "parent, which only waits, as well: 195 MB where it was 242. Shared memory becomes a worker's own, page by "
        "page, as soon as Python counts references in it; keeping the collector away from it was tried and is done."
    ),
    "questions": (
        "Processor time was profiled question by question. Of 10 ms for a day by fuel 58% are the question itself "
        "(600 units counted and added up), the rest is the JSON, links to the windows beside it and parameters; of "
        "26 ms for a year's price statistics 80% are the question (reading months, quantiles); of 12 ms for a "
        "station's month 45% are the question and a quarter is writing 8,640 times as text. The design beside it "
        "checks nothing and counts no coverage. The longer the window, the larger the lead."
    ),
    "pages.change": (
        "Taken apart by page and window: it is all years that cost. Overview, generation and prices, whose months "
        "are added up in the background after the start, take 0.15 to 0.25 s of processor time for them on a busy "
        "machine, but one station's figures 0.8 s, curtailment 0.7 s, batteries and transmission 0.3 to 0.4 s: these "
        "add up their months when first asked. The median of first changes is 0.04 to 0.18 s by page. Nobody else "
        "waits meanwhile: what takes longer than 20 ms is worked out beside the event loop. Remembering months of "
        "these questions too would get there."
    ),
    "memory.gone": (
        "Nothing lives on (no dashboard, no document). Freed memory goes back in the next quiet moment: with the "
        "memory allocator that `serve` chooses, 1.01 was measured seconds after the last of a hundred had gone, 1.42 "
        "with Python's own."
    ),
    "crowd.after": (
        "Answers are kept for the next to ask, 48 MB of them at most; the sessions' own memory goes back, as after "
        "the hundred."
    ),
    "large.first": (
        "The first question over everything adds up every month: readings to double precision, gaps, prices and roles apart, where "
        "numpy's pass is one product in single precision; and in the first seconds of a process it shares Python's lock with the thread "
        "that adds up months in the background. Months are remembered then, so the next is far below. Adding them up when a "
        "version is published, and storing that beside the frames, would take it from the first to ask."
    ),
    "browser.shell": (
        "The pages bring data, tables, tiles and a control bar where the shell draws one line: measured in Chromium, "
        "half of the time is Bokeh's views of them. Making those below the first chart when they come into sight "
        "would get there."
    ),
    "browser.bare": "As beside the shell; what the shell itself costs (Material UI) comes on top.",
    "browser.repeat": (
        "Measured in Chromium: of 1.0 to 1.4 s of processor time until the first chart, half is scripts (Bokeh's "
        "views, then Panel's), the rest parsing, styles, fonts and garbage; nothing is fetched again but the page "
        "itself. Components are imported by the browser itself now, which spares the 0.25 to 0.6 s that a shim took "
        "to read and rewrite Material UI at each visit (first visits two thirds of the time in the same run; repeat "
        "visits about as long in the median, three quarters at the least)."
    ),
    "pages.html": (
        "The document is built before the HTML goes out. An opening takes 0.08 to 0.2 s of processor time in all, "
        "the overview 0.35 s (the figures stand above); what is above that is waiting for a processor: with other "
        "programs keeping the machine busy the same pages took between 0.1 and 0.4 s. The overview is the board: twice as many cards "
        "as any other page."
    ),
    "crowd": (
        "Half of all changes ask for a window and region that nobody has asked for, over up to five years on ten pages: they are worked "
        "out by two threads beside the event loop, one after the other, which is what the others wait for (median 1.9 s, while health "
        "is answered in 12 ms in the median and an opening in 0.23 s). Remembering months of these questions would get there. "
        "The visitors, the server and whatever else runs share the machine; the full table says how long the server "
        "waited for a processor. Health alone is answered within 0.15 s at the 95th percentile where `api.own_loop` "
        "is on (2.1 to 2.4 s without, same crowd, same machine three quarters busy with others), but openings took "
        "up to twice as long in one pair of runs: probably two threads hand Python's lock to each other, and each "
        "time wait for a processor. So it is off."
    ),
    "explorer.zoom": "The wait is the helper's turn and the picture's way to the browser, not the counting.",
    "pages.again": (
        "Nothing is asked again; the time is drawing: arrays to figures, models to the message. On a busy machine "
        "the same work counts about half as much processor time again."
    ),
}
