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
        "lake's, without frames between, would save about another fifth."
    ),
    "export.memory": (
        "The answer is made as one frame before its first byte goes out; only its text is made in pieces. A question that answers "
        "month by month would keep memory flat."
    ),
    "export.others": "The export's text is made in threads that share Python's lock with the event loop, a piece of 65,536 rows at a time; smaller pieces, or a process of its own for exports.",
    "export.changes": "As for the small questions: the export and the pages share one process and its lock.",
    "memory.worker": (
        "Panel forks its workers before they import anything, so each imports pandas, Panel and Bokeh for itself. Importing them "
        "before the fork would share them."
    ),
    "questions": (
        "An answer of a few rows costs more in the way there than in the sum: parameters checked, budget, window, coverage, envelope "
        "with links. The design beside it checks nothing. The longer the window, the larger the lead."
    ),
    "pages.change": "The first to ask for all years of a region pays for adding them up; whoever asks next does not. Adding up all regions once, when a version is opened, would take that from the first visitor.",
    "memory.gone": (
        "Nothing lives on (no dashboard, no document), and the next hundred need no more: Python's own allocator keeps its arenas "
        "while a few survivors lie in each. Tried: fewer of the C library's arenas (no difference); `PYTHONMALLOC=malloc` with a "
        "`malloc_trim` when sessions have gone, which gives nearly all of it back."
    ),
    "crowd.after": "As after the hundred: arenas of Python's allocator, reused by the next visitors.",
    "large.first": (
        "The first question over everything adds up every month: readings to double precision, gaps, prices and roles apart, where "
        "numpy's pass is one product in single precision. Months are remembered then, so the next is far below. Adding them up when a "
        "version is published, and storing that beside the frames, would take it from the first to ask."
    ),
    "browser.shell": (
        "The pages bring data, tables, tiles and a control bar where the shell draws one line; most of the difference is the browser "
        "making views of the models below the first chart. Making those when they come into sight would get there."
    ),
    "browser.bare": "As beside the shell; what the shell itself costs (Material UI) comes on top.",
    "browser.repeat": "Nothing is fetched again but the page itself; the time is Bokeh and Material UI starting in the browser, on a processor that the server and other programs share.",
    "pages.html": "The document is built before the HTML goes out; wall time on a busy machine is mostly waiting for a processor (the CPU an opening takes stands above).",
    "crowd": "The visitors, the server and whatever else runs share the machine; the full table says how long the server waited for a processor.",
    "explorer.zoom": "The wait is the helper's turn and the picture's way to the browser, not the counting.",
}
