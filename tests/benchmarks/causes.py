"""Why a target is missed, and what would get there: by the figure's key, or by the part of it before its last dot.

Words only; the figures beside them come from the run.
"""

CAUSES: dict[str, str] = {
    "ingest.lake": (
        "Unzipping and `pyarrow.csv` alone, without typing, checking or storing anything (a line of the full table), are 8 times as "
        "fast as NEMOSIS, which on pandas 3 is several times as fast as on the pandas it was written for. Here every column of "
        "five tables is read, revisions are settled, and Parquet, frames and checksums are written. Of some 11 s of processor time "
        "unzipping takes 1, Arrow's reader 3, columns to rows 2, Parquet 1, frames 0.3, units 0.4, starting Python with its imports and "
        "adding up the months 2. Tried and done: large texts parsed in blocks of a megabyte while they unpack, Arrow's columns "
        "straight to categories, stamps and narrow rows, months merged and written two at a time, frames without a table between, gaps "
        "from two columns: 18 to 11 s of processor time in six runs of both and half of the memory. Tried without gain: what all lines begin with "
        "taken away before Arrow sees it (0.5 s more a month to spare Arrow 0.15), memory that the C library keeps instead of giving it "
        "back (no difference), lighter compression in Parquet (0.1 s, files a third larger)."
    ),
    "export.memory": (
        "Rows are made 16,384 at a time while they are sent, and none are kept: where a file was held together it was 1.1 GB "
        "for 20 million. A piece holds 6 (CSV) to 11 MB (Arrow) while it is made; others' own pages and answers are 2 MB of the "
        "peak; the rest is holes in the heap. Measured above the start with others at work, Arrow and CSV: 55 and 42 MB; 31 and 29 "
        "with Arrow's memory from the C library; over 5 million points then 29 and 21; 19 and 19 with pieces made in one thread, so "
        "that one of the two heaps grows; 16 and 16 with memory given back every eighth piece as well (without the one thread "
        "that was worth 1), which is 19 and 19 over 20 million. Tried without a gain: written 256 kB at a time. Smaller batches of Arrow would change the file's bytes."
    ),
    "export.others": (
        "The export's text is made in threads that share Python's lock with the event loop, 16,384 lines at a time "
        "(at most 28 ms of processor time); compressing, the largest part of it, holds no lock. A process of its own "
        "for exports would take the rest away."
    ),
    "export.changes": (
        "The same changes take as long without the export (the baseline beside it): it is their own work, on a page with "
        "windows of years. Tried for the export's part: pieces in one thread instead of several, and smaller ones; neither "
        "was seen in the changes."
    ),
    "memory.explorer": (
        "The helper with datashader's compiled kernels takes 150 MB of it. Kernels kept in a file, which the helper maps, would spare "
        "part of that; not tried."
    ),
    "memory.worker": (
        "What workers import is imported before the fork, the collector is kept away from shared memory, and the parent "
        "becomes a watcher of 4 MB when they are there (the first further worker: 129 MB where it was 191). Arrow takes its "
        "memory from the C library (12 MB less in each: 117 and 109 were measured then). The rest is pages of shared "
        "memory that become a worker's own when Python counts references in them (some 60 MB of 116), and its open sessions. Tried "
        "beside that, without a gain beyond the spread: sums of months mapped instead of read (2 MB), Panel's levers "
        "installed before the fork (5 MB at the start, none after the pages), freed memory given back before the fork "
        "(0.4 MB was free). Python's own allocator shares 7 MB more and gives back less when visitors leave."
    ),
    "questions": (
        "Processor time from the handler to the bytes, as the questions were taken apart step by step: a day by fuel "
        "11, 5 and 3 ms, a year's price statistics 53, 25 and 20 to 25, a station's month 11, 5 and 3 to 4. Tried and done: sums of "
        "single intervals kept by month and mapped (a month opened for the first time: 4.0 ms before, 2.0 now), gzip in "
        "two halves at once (half a megabyte: 1.4 to 0.8 ms), rounding in one pass (0.2 to 0.06), times written by the "
        "day (0.4 to 0.15), frames mapped without numpy's own class (0.15 to 0.06 each), units as one matrix, "
        "quantiles by their neighbourhood. Tried and left: asking for a month's pages ahead (MADV_POPULATE_READ, "
        "MADV_RANDOM, huge pages: no gain), reading each unit's day with pread (1 ms in place of 2), other windows of "
        "gzip (slower). What is left of the small ones is mostly HTTP, on both sides, and the way to a thread and back, "
        "where each change waits for a processor on a busy machine. The design beside it checks nothing, counts no "
        "coverage and does not compress."
    ),
    "pages.change": (
        "On the edge: 0.098 and 0.110 s in two other runs, 0.128 before. The most is all years of a station (0.11 to 0.14 s: five "
        "questions and their tables, where it was 0.3 to 0.4) and of bands and events of prices (drawing). Tried and done: months of links, curtailment, "
        "batteries, records, sums by fuel, how units ran, their days and how many readings each day has are remembered, and kept on "
        "the disk when a version is published; days of whole months are put together in one step; buckets are looked up from their "
        "own side; a page puts each question once while it draws; tables travel as JSON text. The median is 0.05 to 0.07 s, some "
        "half of it drawing. Nobody else waits meanwhile: what takes longer than 20 ms is worked out beside the event loop."
    ),
    "memory.gone": (
        "Nothing lives on (no dashboard, no document). Freed memory goes back in the next quiet moment: with the "
        "memory allocator that `serve` chooses, 1.01 was measured seconds after the last of a hundred had gone, 1.42 "
        "with Python's own."
    ),
    "crowd.after": (
        "Answers and sums of months are kept while there are visitors (up to 100 MB), and let go when there has been none for one to two "
        "minutes; half a minute after the last has left they are still there. What remains then is holes between what stays: 300 sessions "
        "are 300 MB. Taken apart after 60 visitors: answers held 19 MB and kept 24 to 40 from going back, sums of months 18 and 22, lists of "
        "stations and totals of units, which stayed at first, 14 and 30. Letting go costs the next visitor a tenth of a second at most. "
        "Tried without gain: large arrays mapped each by itself (`MALLOC_MMAP_THRESHOLD_`: 222 MB where there were 227)."
    ),
    "crowd.health_worst": (
        "It was the collector's round over everything (1.2 s, and half a second of looking at all objects after it) at the first quiet "
        "moment in a crowd's midst. Closed pages are now taken apart, which leaves it a tenth of what they left before, a change leaves ten objects, "
        "and with many pages open a round waits for hours; rounds over the young take 0.04 s where they took 0.13. On a quiet machine the "
        "worst was 0.15 s in place of 1.6: two openings one after the other."
    ),
    "large.first": (
        "The first question over everything reads what publishing added up, a file for each month; where no file is "
        "(a lake of an older program) it adds up every month, which takes 1.4 to 1.9 s, once."
    ),
    "browser.shell": (
        "The pages bring data, tables, tiles and a control bar where the shell draws one line: measured in Chromium, "
        "half of the time is Bokeh's views of them. Making those below the first chart when they come into sight "
        "would get there."
    ),
    "browser.bare": "As beside the shell.",
    "browser.repeat": (
        "Measured in Chromium with a profile on disk, which keeps compiled scripts (a private window keeps none). Some 0.15 s is running "
        "Bokeh's and Panel's scripts, the rest making, placing and drawing what the page holds; nothing is fetched again but the page "
        "itself. Tried and done: plain columns in place of a template of widgets (0.95 to 0.65 s in one pair of runs), scripts of the parts as "
        "files that the browser keeps, style sheets once in a document (half of its size), the overview's lower cards after its first screen."
    ),
    "pages.html": (
        "The document is built before the HTML goes out. An opening takes 0.06 to 0.2 s of processor time in all, of which the overview's "
        "HTML is about half; what is above that is waiting for a processor: with other programs keeping the machine busy the same pages "
        "took between 0.1 and 0.4 s."
    ),
    "crowd": (
        "Half of all changes ask for a window and region that nobody has asked for, over up to five years. Tried and done: months of most "
        "questions are remembered and kept on the disk; what takes long is worked out beside the event loop, which waits for nobody "
        "who stands in their queue; answers are kept by their size (kept by number, a crowd's questions pushed each other out: 5.4 s). "
        "Where other programs keep the processors busy, the loop gets Python's lock back from the threads that compute after 5 ms "
        "each time: with the test suite beside it 0.7 to 1.0 s. Tried: 0.5 ms in place of 5 (openings took up to 4.6 s); "
        "`api.own_loop` answers health sooner on a busy machine, but openings took up to twice as long in one pair of runs, so it is off. "
        "Not tried: a process of its own for long questions."
    ),
    "explorer.zoom": "The wait is the helper's turn and the picture's way to the browser, not the counting.",
    "pages.again": (
        "Nothing is asked again; the time is drawing: arrays to figures, models to the message. On a busy machine "
        "the same work counts about half as much processor time again."
    ),
}
