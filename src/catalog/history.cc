#include "catalog/history.h"

#include <fmt/format.h>

#include "base/conflict.h"

namespace vigia {

Result<Document> History::restore(const Actor& actor, const DocumentKey& key, int64_t version,
                                  Documents::Expected expected) {
    const auto check = [&](SqlSession& session, const Draft& draft) -> Result<void> {
        switch (key.kind) {
            case DocumentKind::Rule:
            case DocumentKind::List:
                return {};
            case DocumentKind::Settings:
            case DocumentKind::Suppression:
            case DocumentKind::Tags:
                return check_rule_there(session, shipped_, key.organisation, draft.parent);
            case DocumentKind::Ruleset:
                if (draft.name && shipped_.has_ruleset(*draft.name))
                    return std::unexpected(name_taken("a shipped ruleset", *draft.name));
                return {};
        }
        return {};
    };
    return documents_.restore(actor, key, version, expected, check);
}

}  // namespace vigia
