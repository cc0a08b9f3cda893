# The web console in the program. WITH_WEB=OFF builds without it, and without node.
set(VIGIA_WEB ${PROJECT_SOURCE_DIR}/web)
find_program(VIGIA_NPM npm)
if(EXISTS ${VIGIA_WEB}/dist/index.html OR (VIGIA_NPM AND EXISTS ${VIGIA_WEB}/package.json))
    set(with_web ON)
else()
    set(with_web OFF)
endif()
option(WITH_WEB "put the web console into the program: web/dist, which npm builds where it is there" ${with_web})

# vigia_embed_web(TARGET FUNCTION [FOLDER [DEPENDS]...]): FUNCTION of namespace vigia answers with the files of the folder.
function(vigia_embed_web target function)
    set(depends ${ARGN})
    list(POP_FRONT depends folder)
    set(made ${CMAKE_CURRENT_BINARY_DIR}/${function}.cc ${CMAKE_CURRENT_BINARY_DIR}/${function}.S)
    add_custom_command(OUTPUT ${made}
        COMMAND ${VIGIA_PYTHON} ${PROJECT_SOURCE_DIR}/cmake/embed_web.py ${function} ${made} ${folder}
        DEPENDS ${PROJECT_SOURCE_DIR}/cmake/embed_web.py ${depends} VERBATIM)
    target_sources(${target} PRIVATE ${made})
endfunction()

# The console of web/, built first where npm is there; the one that a release brings otherwise.
function(vigia_embed_console target)
    if(NOT WITH_WEB)
        vigia_embed_web(${target} embedded_console)
        return()
    endif()
    set(dist ${VIGIA_WEB}/dist)
    if(VIGIA_NPM AND EXISTS ${VIGIA_WEB}/package.json)
        file(GLOB_RECURSE sources RELATIVE ${VIGIA_WEB} CONFIGURE_DEPENDS ${VIGIA_WEB}/src/* ${VIGIA_WEB}/public/* ${VIGIA_WEB}/scripts/*)
        list(FILTER sources EXCLUDE REGEX "\\.gen\\.json$")  # those the build itself writes
        file(GLOB settings RELATIVE ${VIGIA_WEB} CONFIGURE_DEPENDS ${VIGIA_WEB}/*.json ${VIGIA_WEB}/*.ts ${VIGIA_WEB}/*.html)
        list(APPEND sources ${settings})
        list(TRANSFORM sources PREPEND ${VIGIA_WEB}/ OUTPUT_VARIABLE depends)
        set(stamp ${CMAKE_CURRENT_BINARY_DIR}/console.stamp)
        add_custom_command(OUTPUT ${stamp}
            COMMAND ${VIGIA_PYTHON} ${PROJECT_SOURCE_DIR}/cmake/build_web.py ${VIGIA_WEB} ${sources}
            COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
            DEPENDS ${PROJECT_SOURCE_DIR}/cmake/build_web.py ${depends} VERBATIM)
    else()
        file(GLOB_RECURSE stamp CONFIGURE_DEPENDS ${dist}/*)
    endif()
    vigia_embed_web(${target} embedded_console ${dist} ${stamp})
endfunction()
