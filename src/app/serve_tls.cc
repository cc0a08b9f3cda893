#include "app/serve_tls.h"

#include <fmt/format.h>

#include "app/data_folder.h"
#include "serve/local_names.h"

namespace vigia {

namespace {

TlsFiles generated_files(const std::string& data) { return {data + "/tls.crt", data + "/tls.key"}; }

}  // namespace

Result<std::optional<TlsFiles>> tls_of(const ServeCommand& command, const std::string& address) {
    const bool has_files = !command.tls_certificate.empty();
    if (has_files == command.tls_key.empty())
        return error(ErrorKind::BadInput, "tls_certificate and tls_key belong together: give both");
    if (has_files && command.tls_generate)
        return error(ErrorKind::BadInput,
                     "tls_generate makes a certificate, and tls_certificate names one: choose");
    if (!command.tls_names.empty() && !command.tls_generate)
        return error(ErrorKind::BadInput, "tls_names are for a certificate that tls_generate makes");
    if (has_files) return TlsFiles{command.tls_certificate, command.tls_key};
    if (command.tls_generate) return generated_files(command.data);
    if (is_loopback(address) || command.insecure_http) return std::optional<TlsFiles>();
    return error(
        ErrorKind::BadInput,
        fmt::format("without TLS, everybody on the way reads the passwords and events that go to {}: give "
                    "--tls-certificate and --tls-key, have a certificate made by --tls-generate, or say "
                    "--insecure-http where a proxy before it has TLS",
                    address));
}

Result<bool> renew_generated(const ServeCommand& command, const std::string& address, Time now) {
    TRY_VOID(open_data_folder(command.data));
    std::vector<std::string> needed = command.tls_names;
    for (std::string& name : host_names()) needed.push_back(std::move(name));
    // Addresses come and go, and a certificate should stay: those of now are in it, and do not make another.
    std::vector<std::string> others;
    if (is_any_address(address))
        others = interface_addresses();
    else
        needed.push_back(address);
    if (others.size() + needed.size() > certificate_names_max)
        others.resize(certificate_names_max - std::min(needed.size(), certificate_names_max));
    return keep_self_signed(generated_files(command.data), needed, others, now);
}

}  // namespace vigia
