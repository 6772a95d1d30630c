#include "config.h"

#include "patch/recover.h"

#include <unistd.h>

bool patch_recover(const char *path, enum patch_left_act act, const struct sys *sys,
                   struct patch_recovered *recovered, struct patch_problem *problem) {
    struct patch_request request = {.path = path, .how = PATCH_IN_PLACE, .left = act, .sys = sys};
    bool has_journal = patch_target_is_left(path);
    struct patch_target *target = patch_target_open(&request, problem);
    if (!target) {
        return false;
    }
    bool has_fresh = access(target->fresh, F_OK) == 0;
    *recovered = (struct patch_recovered){.was_half = target->rolled_back,
                                          .was_unfinished = has_journal || has_fresh};
    bool fine = patch_target_remove_left(target, problem);
    patch_target_close(target);
    return fine;
}
