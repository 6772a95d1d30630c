#include "config.h"

#include "cli/run.h"

#include "cli/report.h"
#include "cli/watch.h"

struct vm_result run_program(const struct run *run, struct vm_sink *sink) {
    struct report report = {
        .file = input_name(run->input), .sources = run->sources, .said = run->said};
    struct report_ops ops;
    struct watch watch;
    struct vm *vm =
        vm_new(run->program, input_data(run->input), input_size(run->input), run->limits);
    input_advise(run->input, run->access);
    watch_begin(&watch, run->input, run->out);
    watch.enough = run->enough;
    watch.shows = watch.shows && !run->quiet;
    watch_machine(&watch, vm);
    if (run->sources) {
        report_begin(&ops, &report, sink);
    }
    struct vm_result result = vm_run(vm, sink);
    if (run->sources) {
        report_end(&ops, sink);
    }
    watch_end(&watch);
    vm_free(vm);
    return result;
}
