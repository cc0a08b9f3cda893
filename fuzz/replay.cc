// Runs a fuzzer over every file of its corpus, with any compiler.
#include <cstdint>
#include <cstdio>

#include "base/file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        for (const std::string& file : vigia::files_below(argv[i]).value_or(std::vector<std::string>{})) {
            const auto bytes = vigia::read_file(file, 1 << 24);
            if (!bytes) continue;
            LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes->data()), bytes->size());
            count++;
        }
    }
    std::printf("%zu inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
