//! Starts Python programs and reads what they print.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use crate::common::poll;

/// Where the tutorials' programs are.
fn tutorial(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/labs/tutorial").join(name).with_extension("py")
}

fn start(program: &Path, args: &[&str]) -> Child {
    Command::new("python3")
        .arg("-u")
        .arg(program)
        .args(args)
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("python3 is needed for these tests: {error}"))
}

/// A program that waits for callers. Killed when dropped.
pub(crate) struct Server {
    child: Child,
    out: Arc<Mutex<String>>,
    pub(crate) port: u16,
}

impl Server {
    /// Starts one of the tutorials' servers on a free port and waits until it is bound.
    pub(crate) fn tutorial(name: &str, extra: &[&str]) -> Self {
        Self::start(&tutorial(name), &[&["127.0.0.1", "0"], extra].concat(), true)
    }

    /// Starts one of the tutorials' servers at a path.
    pub(crate) fn at_path(name: &str, path: &str) -> Self {
        Self::start(&tutorial(name), &[path], true)
    }

    /// Starts any program; it may not be bound yet.
    pub(crate) fn program(program: &Path) -> Self {
        Self::start(program, &[], false)
    }

    fn start(program: &Path, args: &[&str], says_port: bool) -> Self {
        let mut child = start(program, args);
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        if says_port {
            lines.read_line(&mut first).unwrap();
            assert!(!first.is_empty(), "{} did not start", program.display());
        }
        let out = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&out);
        thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        Self { child, out, port: first.trim().parse().unwrap_or(0) }
    }

    /// Where it is.
    pub(crate) fn peer(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Waits until it has printed a text.
    pub(crate) fn printed(&self, text: &str) {
        poll(&format!("{text:?} from the server"), || self.out.lock().unwrap().contains(text).then_some(()));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs one of the tutorials' clients to its end; what it printed, and its errors.
pub(crate) fn client(name: &str, args: &[&str], input: &str) -> (String, String) {
    let (out, err, _) = run(&tutorial(name), args, input);
    (String::from_utf8(out).unwrap(), err)
}

/// The same for a client that prints bytes.
pub(crate) fn bytes(name: &str, args: &[&str]) -> Vec<u8> {
    let (out, err, ok) = run(&tutorial(name), args, "");
    assert!(ok, "{err}");
    out
}

/// Runs a program to its end: output, errors, and whether it ended in order.
pub(crate) fn run(program: &Path, args: &[&str], input: &str) -> (Vec<u8>, String, bool) {
    let mut child = start(program, args);
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let (mut stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let out = thread::spawn(move || all(&mut stdout));
    let err = thread::spawn(move || all(&mut stderr));
    let status = poll("the end of a Python program", || child.try_wait().unwrap());
    (out.join().unwrap(), String::from_utf8(err.join().unwrap()).unwrap(), status.success())
}

fn all(stream: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    bytes
}
