#pragma once

#include <string>

namespace vigia {

// The OpenAPI 3.1 document of the API, as JSON. Made of api/*.yaml by tools/openapi.py while building.
const std::string& openapi_document();

}  // namespace vigia
