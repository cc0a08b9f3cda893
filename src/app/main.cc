#include "app/cli.h"

int main(int argc, char** argv) { return vigia::run_command_line(argc, argv); }
