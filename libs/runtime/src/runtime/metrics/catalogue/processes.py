"""Every process: what it is, and what Python and the operating system say of it."""

from runtime.metrics.definitions import Foreign, Gauge, Label, Process

EVERY = tuple(Process)
GENERATION = Label("generation", ("0", "1", "2"))

BUILD_INFO = Gauge(
    "durable_reports_build_info",
    "Always 1; its labels say what runs.",
    unit="1",
    by=EVERY,
    labels=(
        Label("service", sorted({process.split()[0] for process in Process})),
        Label("role", sorted({process.split()[1] for process in Process})),
        Label("version", source="the version of the installed package"),
        Label("revision", source="BUILD_REVISION of the process, `unknown` without"),
    ),
)
PROBE_UP = Gauge(
    "metrics_probe_up",
    "1 if the figures of a probe could be read for this scrape, 0 if they are left out.",
    unit="1",
    by=(Process.GATEWAY, Process.INTAKE, Process.METADATA, Process.LLM_WORKER, Process.DISPATCHER),
    labels=(Label("probe", ("bus", "task_queues", "database_pool", "open_reports")),),
)

METRICS = (BUILD_INFO, PROBE_UP)

FOREIGN = (
    Foreign("process_virtual_memory_bytes", "gauge", "Virtual memory size.", unit="bytes"),
    Foreign("process_resident_memory_bytes", "gauge", "Resident memory size.", unit="bytes"),
    Foreign("process_start_time_seconds", "gauge", "When the process began, as Unix time.", unit="seconds"),
    Foreign("process_cpu_seconds_total", "counter", "CPU time used, user and system.", unit="seconds"),
    Foreign("process_open_fds", "gauge", "Open file descriptors.", unit="files"),
    Foreign("process_max_fds", "gauge", "Most file descriptors that may be open.", unit="files"),
    Foreign(
        "python_gc_objects_collected_total",
        "counter",
        "Objects that garbage collection found.",
        unit="objects",
        labels=(GENERATION,),
    ),
    Foreign(
        "python_gc_objects_uncollectable_total",
        "counter",
        "Objects that garbage collection could not free.",
        unit="objects",
        labels=(GENERATION,),
    ),
    Foreign(
        "python_gc_collections_total",
        "counter",
        "Runs of garbage collection.",
        unit="runs",
        labels=(GENERATION,),
    ),
    Foreign(
        "python_info",
        "gauge",
        "Always 1; its labels name the Python.",
        unit="1",
        labels=tuple(
            Label(name, source="the interpreter")
            for name in ("implementation", "major", "minor", "patchlevel", "version")
        ),
    ),
)
