#include "config.h"

#include "ask/aggregate.h"
#include "lib/listen.h"

/* Aggregates stand between the machine and the listener: what is wrong goes past them. */
struct past {
    struct vm_sink_ops ops; /* first */
    struct listen *listen;
};

static struct vm_sink *past_to(const struct vm_sink *sink) {
    /* the table is the first member of a struct past: listen_past put it there */
    return listen_sink(((const struct past *)(const void *)sink->ops)->listen);
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    past_to(sink)->ops->fault(past_to(sink), fault);
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    past_to(sink)->ops->finding(past_to(sink), finding);
}

static struct vm_result run_aggregates(const struct sonde_question *question, struct vm *vm,
                                       struct listen *listen) {
    struct aggregate *aggregate = aggregate_new(question->select);
    struct vm_sink *sink = aggregate_sink(aggregate);
    struct past past = {.ops = *sink->ops, .listen = listen};
    past.ops.fault = on_fault;
    past.ops.finding = on_finding;
    sink->ops = &past.ops;
    struct vm_result result = vm_run(vm, sink);
    aggregate_tell(aggregate, listen_sink(listen));
    aggregate_free(aggregate);
    return result;
}

static enum sonde_status outcome(const struct sonde_question *question,
                                 const struct vm_result *result, uint64_t answers) {
    bool answered =
        question->ask == SONDE_EVERYTHING || question->ask == SONDE_VERIFY || answers > 0;
    return result->faults > 0 || result->stopped ? SONDE_DATA
           : result->findings > 0 || !answered   ? SONDE_FINDINGS
                                                 : SONDE_OK;
}

enum sonde_status sonde_run(const struct sonde_question *question, const struct sonde_input *input,
                            sonde_listener *listener, void *context) {
    struct vm *vm = vm_new(question->program, input_data(input->input), input_size(input->input),
                           &question->limits);
    struct listen *listen = listen_new(question, listener, context, vm);
    struct vm_result result = question->aggregates ? run_aggregates(question, vm, listen)
                                                   : vm_run(vm, listen_sink(listen));
    listen_end(listen, result.stopped);
    enum sonde_status status = outcome(question, &result, listen_answers(listen));
    if (sonde_input_lost(input, NULL)) {
        status = SONDE_SYSTEM;
    } else if (listen_stopped(listen)) {
        status = SONDE_STOPPED;
    }
    listen_free(listen);
    vm_free(vm);
    return status;
}
