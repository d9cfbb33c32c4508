//! Starts the real program, reads what it prints while it runs, and ends it.
//!
//! Every wait has a deadline and looks again and again; nothing relies on how fast the machine is.

mod streams;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

pub(crate) use streams::{PATIENCE, patient, poll, take};

/// The lines of one stream, while they come.
#[derive(Default)]
struct Lines {
    /// The lines, and whether the stream has ended.
    state: Mutex<(Vec<String>, bool)>,
    changed: Condvar,
}

impl Lines {
    fn collect(stream: impl Read + Send + 'static) -> Arc<Self> {
        let lines = Arc::new(Self::default());
        let kept = Arc::clone(&lines);
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                kept.state.lock().unwrap().0.push(String::from_utf8(line).expect("output is UTF-8"));
                kept.changed.notify_all();
            }
            kept.state.lock().unwrap().1 = true;
            kept.changed.notify_all();
        });
        lines
    }

    /// Waits until `found` says something about the lines; `None` at the end of the stream or after the deadline.
    fn wait<T>(&self, mut found: impl FnMut(&[String]) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(found) = found(&state.0) {
                return Some(found);
            }
            let left = deadline.checked_duration_since(Instant::now()).filter(|_| !state.1)?;
            state = self.changed.wait_timeout(state, left).unwrap().0;
        }
    }

    fn whole(&self) -> Vec<String> {
        let _ = self.wait(|_| None::<()>);
        self.state.lock().unwrap().0.clone()
    }

    fn so_far(&self) -> Vec<String> {
        self.state.lock().unwrap().0.clone()
    }
}

/// The program in the background, printing JSON lines. Killed when dropped.
pub(crate) struct Program {
    child: Child,
    input: Option<ChildStdin>,
    out: Arc<Lines>,
    err: Arc<Lines>,
    /// The name it is bound to, once that is known.
    address: String,
}

/// What a program left when it had ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) lines: Vec<String>,
    pub(crate) errors: String,
}

impl Ended {
    /// All lines of standard output as JSON.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.lines.iter().map(|line| json(line)).collect()
    }
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))
}

impl Program {
    /// Starts a command with `--json`.
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut command = program();
        command.args(args).arg("--json");
        Self::of(command)
    }

    /// Starts a command line that runs the program with `--json` in some way.
    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = Lines::collect(child.stdout.take().unwrap());
        let err = Lines::collect(child.stderr.take().unwrap());
        Self { input: child.stdin.take(), child, out, err, address: String::new() }
    }

    /// Starts a listener on a free port and waits until it is bound.
    pub(crate) fn listen(args: &[&str]) -> Self {
        Self::start(&[&["listen"], args, &["--port", "0"]].concat()).bound()
    }

    /// Starts a listener on a free port as a person does, with no reader of records.
    pub(crate) fn listen_plainly(args: &[&str]) -> Self {
        let mut command = program();
        command.arg("listen").args(args).args(["--port", "0"]);
        let mut started = Self::of(command);
        let bound = |line: &String| line.split_once("listening on ").map(|(_, name)| name.trim().to_owned());
        let name = started.err.wait(|lines| lines.iter().find_map(bound));
        started.address = name.unwrap_or_else(|| panic!("it never listened: {:?}", started.err.so_far()));
        started
    }

    /// Waits for the first line of a listener.
    pub(crate) fn bound(mut self) -> Self {
        let first = self.out.wait(|lines| lines.first().cloned());
        let first = json(&first.unwrap_or_else(|| panic!("nothing was printed; errors: {:?}", self.err.so_far())));
        assert_eq!(first["event"], "listening", "{first}");
        first["local"].as_str().unwrap().clone_into(&mut self.address);
        self
    }

    /// The name that the listener is bound to.
    pub(crate) fn name(&self) -> &str {
        &self.address
    }

    /// The address that the listener is bound to.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address.parse().unwrap()
    }

    /// A caller with a time limit on its calls.
    pub(crate) fn call(&self) -> TcpStream {
        patient(TcpStream::connect(self.address()).unwrap())
    }

    /// Waits for the `count`th event of that name.
    pub(crate) fn nth(&self, count: usize, event: &str) -> Value {
        let wanted = format!("\"event\":\"{event}\"");
        let found = self.out.wait(|lines| lines.iter().filter(|line| line.contains(&wanted)).nth(count - 1).cloned());
        json(&found.unwrap_or_else(|| {
            panic!("no {event} number {count} in {:#?}; errors: {:?}", self.out.so_far(), self.err.so_far())
        }))
    }

    /// Waits for the first event of that name.
    pub(crate) fn event(&self, event: &str) -> Value {
        self.nth(1, event)
    }

    /// The events printed so far.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.out.so_far().iter().map(|line| json(line)).collect()
    }

    /// Waits until the events printed so far are what is looked for.
    pub(crate) fn until(&self, what: &str, mut found: impl FnMut(&[Value]) -> bool) {
        let mut events = Vec::new();
        let found = self.out.wait(|lines| {
            events.extend(lines.iter().skip(events.len()).map(|line| json(line)));
            found(&events).then_some(())
        });
        assert!(found.is_some(), "never {what}: {events:#?}");
    }

    /// Writes to its standard input.
    pub(crate) fn type_in(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    /// Closes its standard input.
    pub(crate) fn end_input(&mut self) {
        self.input = None;
    }

    /// Waits for words on standard error.
    #[cfg(unix)]
    pub(crate) fn complained(&self, words: &str) {
        let found = self.err.wait(|lines| lines.iter().any(|line| line.contains(words)).then_some(()));
        assert!(found.is_some(), "nobody said “{words}”: {:?}", self.err.so_far());
    }

    /// Its process number.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until it has ended by itself.
    pub(crate) fn end(mut self) -> Ended {
        let code = wait(&mut self.child).code();
        Ended { code, lines: self.out.whole(), errors: self.err.whole().join("\n") }
    }

    /// Interrupts it as Ctrl-C does, and waits for its end.
    pub(crate) fn stop(self) -> Ended {
        interrupt(&self.child);
        let ended = self.end();
        assert_eq!(ended.code, Some(130), "{}", ended.errors);
        ended
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait(child: &mut Child) -> ExitStatus {
    poll("the end of the program", || child.try_wait().unwrap())
}

/// The program as a command that speaks English, whatever the language of this machine is and a person chose on it.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_socketlab"));
    command.env("LC_ALL", "C.UTF-8").env_remove("LANGUAGE");
    command.env("XDG_CONFIG_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-settings"));
    // What interrupts it must not interrupt the tests: CREATE_NEW_PROCESS_GROUP.
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, 0x200);
    command
}

/// Interrupts a program of [`program`] as Ctrl-C does.
#[cfg(unix)]
pub(crate) fn interrupt(child: &Child) {
    kill_process(Pid::from_child(child), Signal::INT).unwrap();
}

/// Interrupts a program of [`program`]: Windows gives Ctrl-Break to a group of processes, and Ctrl-C to all of a terminal.
#[cfg(windows)]
pub(crate) fn interrupt(child: &Child) {
    use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, GenerateConsoleCtrlEvent};
    #[expect(unsafe_code, reason = "a call of the Windows API that takes two numbers and has no safe wrapper")]
    let told = unsafe { GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, child.id()) };
    assert_ne!(told, 0, "{}", std::io::Error::last_os_error());
}

/// What a command that ran to its end printed.
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

/// Runs a command to its end with `input` as its standard input.
pub(crate) fn run(args: &[&str], input: &[u8]) -> Output {
    let mut command = program();
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut stdin, mut stdout, mut stderr) =
        (child.stdin.take().unwrap(), child.stdout.take().unwrap(), child.stderr.take().unwrap());
    thread::scope(|scope| {
        // The program may end before it has read all of its input.
        scope.spawn(move || stdin.write_all(input));
        let out = scope.spawn(move || all_of(&mut stdout));
        let err = scope.spawn(move || all_of(&mut stderr));
        let deadline = Instant::now() + PATIENCE;
        let code = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status.code();
            }
            if Instant::now() > deadline {
                let _ = child.kill();
                let _ = child.wait();
                let err = String::from_utf8_lossy(&err.join().unwrap()).into_owned();
                panic!("{args:?} did not end: {err}");
            }
            thread::sleep(Duration::from_millis(5));
        };
        let err = String::from_utf8(err.join().unwrap()).unwrap();
        Output { code, out: out.join().unwrap(), err }
    })
}

fn all_of(stream: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Reads to the end of the stream.
pub(crate) fn rest(stream: &mut impl Read) -> Vec<u8> {
    all_of(stream)
}

/// Serves one caller on a thread and gives its address.
pub(crate) fn serve<T: Send + 'static>(
    work: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (SocketAddr, JoinHandle<T>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (address, thread::spawn(move || work(patient(listener.accept().unwrap().0))))
}

/// Bytes that look random and are the same in every run (xorshift64*).
pub(crate) fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes.extend_from_slice(&state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// A path in a folder that is not there, on any machine.
pub(crate) const NOWHERE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/no-such-folder/name");

/// Whether a program is there that a test stands beside. Where it is not, that is said past the harness, which shows
/// nothing of tests that pass; with `SOCKETLAB_NOTHING_MISSING` set, as .ci/run sets it, it is a failure.
pub(crate) fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|folder| folder.join(program).is_file()) {
        return true;
    }
    let test = thread::current().name().unwrap_or_default().to_owned();
    assert!(std::env::var_os("SOCKETLAB_NOTHING_MISSING").is_none(), "{program} is not there, and {test} needs it");
    let _ = writeln!(std::io::stderr(), "NOT TESTED by {test}: {program} is not there");
    false
}
