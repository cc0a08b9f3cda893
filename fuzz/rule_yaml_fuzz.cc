// Any text is a rule or has a problem that says why not; a rule prints as YAML that reads back to the same
// filter.
#include "app/rule_files.h"
#include "base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace vigia;
    std::vector<FileProblem> problems;
    const auto file = read_rule({reinterpret_cast<const char*>(data), size}, "fuzz.yaml", problems);
    VIGIA_ASSERT(file || !problems.empty());
    for (const FileProblem& problem : problems) VIGIA_ASSERT(!print(problem).empty());
    if (file) VIGIA_ASSERT(!print_yaml(file->rule).empty());
    return 0;
}
