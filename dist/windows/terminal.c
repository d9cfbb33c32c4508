/* socketlab.com: what a terminal finds first when somebody types `socketlab`.
 *
 * A terminal does not wait for a program with a window, so its prompt would stand among the output of a command and take
 * the keys that are meant for it. This one has no window: it starts socketlab.exe beside it with the same arguments and
 * streams, waits, and ends with its exit code. */
#include <windows.h>

/* Ctrl C reaches both; the program decides. */
static BOOL WINAPI leave_it_to_the_program(DWORD event) {
    (void)event;
    return TRUE;
}

int main(void) {
    WCHAR program[32768];
    DWORD length = GetModuleFileNameW(NULL, program, 32768);
    if (length < 4 || length >= 32768) return 1;
    lstrcpyW(program + length - 4, L".exe");

    STARTUPINFOW start = { .cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES };
    start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    SetConsoleCtrlHandler(leave_it_to_the_program, TRUE);
    PROCESS_INFORMATION process;
    if (!CreateProcessW(program, GetCommandLineW(), NULL, NULL, TRUE, 0, NULL, NULL, &start, &process)) return 1;
    DWORD code = 1;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    return (int)code;
}
