#include "aws/sts.h"

#include <fmt/format.h>

#include "aws/xml.h"

namespace vigia {

namespace {

constexpr std::string_view version = "2011-06-15";

std::string form(const NamedValues& values) { return canonical_query(values); }

AwsCall call_of(std::string operation, const std::string& origin, const std::string& region,
                NamedValues values) {
    values.emplace_back("Action", operation);
    values.emplace_back("Version", version);
    AwsCall made{.service = "sts", .operation = std::move(operation), .region = region};
    made.method = "POST";
    made.origin = origin;
    made.headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}};
    made.body = form(values);
    return made;
}

Result<AwsCredentials> read_answer(const std::string& body, const std::string& result_name,
                                   std::string from) {
    const XmlElement root = TRY(parse_xml(body));
    const XmlElement* const result = root.child(result_name);
    const XmlElement* const given = result == nullptr ? nullptr : result->child("Credentials");
    if (given == nullptr) return error(ErrorKind::Io, "sts did not answer with credentials");
    AwsCredentials made{std::string(given->child_text("AccessKeyId")),
                        std::string(given->child_text("SecretAccessKey")),
                        std::string(given->child_text("SessionToken")),
                        parse_rfc3339(given->child_text("Expiration")), std::move(from)};
    if (made.access_key_id.empty() || made.secret_access_key.empty())
        return error(ErrorKind::Io, "sts did not answer with credentials");
    return made;
}

}  // namespace

Result<AwsCredentials> assume_role(const AwsSurroundings& from, const std::shared_ptr<CredentialCache>& base,
                                   const AssumedRole& role, const std::stop_token& stop) {
    const std::string origin = TRY(endpoint_of(from.endpoints, "sts", role.region));
    NamedValues values{{"RoleArn", role.arn},
                       {"RoleSessionName", role.session_name},
                       {"DurationSeconds", fmt::format("{}", role.duration.count())}};
    if (!role.external_id.empty()) values.emplace_back("ExternalId", role.external_id);
    AwsClient client({from.transfers, base, from.clock, from.endpoints.ca_file});
    const AwsAnswer answer =
        TRY(client.call(call_of("AssumeRole", origin, role.region, std::move(values)), stop));
    return read_answer(answer.body, "AssumeRoleResult", fmt::format("the role {}", role.arn));
}

Result<AwsCredentials> assume_role_with_web_identity(const AwsSurroundings& from, const std::string& region,
                                                     const WebIdentity& identity,
                                                     const std::stop_token& stop) {
    const std::string origin = TRY(endpoint_of(from.endpoints, "sts", region));
    std::string token = identity.token;
    while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
    const AwsCall call = call_of("AssumeRoleWithWebIdentity", origin, region,
                                 {{"RoleArn", identity.role_arn},
                                  {"RoleSessionName", identity.session_name},
                                  {"WebIdentityToken", token}});
    Transfer transfer{.method = "POST", .url = origin + "/", .headers = {}, .body = call.body};
    for (const auto& [name, value] : call.headers)
        transfer.headers.push_back(fmt::format("{}: {}", name, value));
    transfer.http_allowed = origin.starts_with("http://");
    transfer.ca_file = from.endpoints.ca_file;
    const TransferAnswer answer = TRY(from.transfers.run(std::move(transfer), stop));
    if (answer.status != 200) {
        const AwsFailure said = failure_of({answer.status, answer.body, answer.headers});
        return error(answer.status >= 500 ? ErrorKind::Io : ErrorKind::Denied,
                     fmt::format("sts AssumeRoleWithWebIdentity: {}: {}", said.code, said.message));
    }
    return read_answer(answer.body, "AssumeRoleWithWebIdentityResult",
                       fmt::format("the web identity's role {}", identity.role_arn));
}

Result<std::string> caller_identity(AwsClient& client, const AwsEndpoints& endpoints,
                                    const std::string& region, const std::stop_token& stop) {
    const std::string origin = TRY(endpoint_of(endpoints, "sts", region));
    const AwsAnswer answer = TRY(client.call(call_of("GetCallerIdentity", origin, region, {}), stop));
    const XmlElement root = TRY(parse_xml(answer.body));
    const XmlElement* const result = root.child("GetCallerIdentityResult");
    return std::string(result == nullptr ? "" : result->child_text("Arn"));
}

std::string principal_of(std::string_view arn) {
    constexpr std::string_view session = ":assumed-role/";
    const size_t at = arn.find(session);
    const size_t service = arn.find(":sts:");
    if (at == std::string_view::npos || service == std::string_view::npos || service > at)
        return std::string(arn);
    std::string_view role = arn.substr(at + session.size());
    role = role.substr(0, role.find('/'));
    return fmt::format("{}:iam:{}:role/{}", arn.substr(0, service), arn.substr(service + 5, at - service - 5),
                       role);
}

}  // namespace vigia
