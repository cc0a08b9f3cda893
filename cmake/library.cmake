add_library(vigia_options INTERFACE)
target_compile_options(vigia_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                       $<$<BOOL:${VIGIA_WERROR}>:-Werror>
                       -Wno-missing-field-initializers)  # members that a designated initialiser leaves out have their defaults
target_include_directories(vigia_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    target_compile_options(vigia_options INTERFACE -Wthread-safety
                           -Wno-deprecated-declarations)  # clang 19 finds them inside libstdc++ 12's stable_sort
endif()
if(VIGIA_SANITIZE)
    target_compile_options(vigia_options INTERFACE -fsanitize=${VIGIA_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(vigia_options INTERFACE -fsanitize=${VIGIA_SANITIZE})
endif()
if(VIGIA_SANITIZE MATCHES undefined AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # Each of these asks at every use of a pointer. They are two fifths of the time that g++ compiles for; the address sanitizer stops
    # most of what they find, and the clang preset keeps them all.
    target_compile_options(vigia_options INTERFACE -fno-sanitize=null,alignment,vptr,nonnull-attribute,returns-nonnull-attribute)
endif()
if(VIGIA_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(vigia_options INTERFACE -Wno-tsan)  # Asio has fences, which this sanitizer does not see; locks stand beside them
endif()
if(VIGIA_FUZZ)
    target_compile_options(vigia_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# vigia_library(detect USES base model LINKS PkgConfig::re2): a library of every .cc of this folder, a test of each *_test.cc.
# USES is the folder's right to include; tools/check_includes.py holds it to that.
function(vigia_library name)
    cmake_parse_arguments(ARG "" "" "USES;LINKS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
    set(tests ${sources})
    list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
    list(FILTER tests INCLUDE REGEX "_test\\.cc$")
    add_library(vigia_${name} STATIC ${sources})
    list(TRANSFORM ARG_USES PREPEND vigia_)
    target_link_libraries(vigia_${name} PUBLIC vigia_options ${ARG_USES} fmt::fmt PRIVATE ${ARG_LINKS})
    set_target_properties(vigia_${name} PROPERTIES LINKER_LANGUAGE CXX)
    foreach(test ${tests})
        get_filename_component(stem ${test} NAME_WE)
        vigia_test(${name}_${stem} ${test} vigia_${name})
    endforeach()
endfunction()

# One GoogleTest program; its working directory is the source tree, so that tests find their cases.
function(vigia_test name source)
    add_executable(${name} ${source})
    target_link_libraries(${name} PRIVATE ${ARGN} GTest::gtest GTest::gtest_main)
    target_compile_options(${name} PRIVATE $<$<CONFIG:Debug>:-O0>)  # they run in no time, and compile in half of it
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
