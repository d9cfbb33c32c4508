//! What asks the program to end: Ctrl-C and its like, the system, the terminal that was closed.

use std::{io, thread};

use tokio::{runtime, sync::mpsc};

/// Every signal that asks for an end, as its number. The first is handed over; a second ends the program at once.
/// They count from the moment this returns.
///
/// # Errors
/// When the system gives no thread, or no place for them.
pub(super) fn listen() -> io::Result<mpsc::Receiver<u8>> {
    let (sender, asked) = mpsc::channel(1);
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    let mut signals = {
        let _inside = runtime.enter();
        Signals::listen()?
    };
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            // Where the run is over already, its end is on the way.
            let _ = sender.send(signals.next().await).await;
            std::process::exit(128 + i32::from(signals.next().await));
        });
    })?;
    Ok(asked)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// `None` under `nohup`, which has it ignored.
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: if is_ignored(SignalKind::hangup()) { None } else { Some(signal(SignalKind::hangup())?) },
        })
    }

    async fn next(&mut self) -> u8 {
        let hung_up = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = hung_up => 1,
            _ = self.interrupt.recv() => 2,
            _ = self.terminate.recv() => 15,
        }
    }
}

/// True where whoever started the program had the signal ignored. Only Linux tells without unsafe code; elsewhere a
/// program under `nohup` ends with its terminal.
#[cfg(unix)]
fn is_ignored(signal: tokio::signal::unix::SignalKind) -> bool {
    use std::io::Read as _;

    let mut status = String::new();
    // Without a look at the size of the file first, as `fs::read_to_string` takes: of this one it is 0.
    let _ = std::fs::File::open("/proc/self/status").and_then(|file| file.take(64 << 10).read_to_string(&mut status));
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask >> (signal.as_raw_value() - 1) & 1 == 1
}

/// Ctrl-C, Ctrl-Break, the window of the console closed, the person logged off, the machine shut down. The system gives
/// a program some seconds after the last three.
#[cfg(windows)]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    stop: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
    logoff: tokio::signal::windows::CtrlLogoff,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
        Ok(Self {
            interrupt: ctrl_c()?,
            stop: ctrl_break()?,
            close: ctrl_close()?,
            logoff: ctrl_logoff()?,
            shutdown: ctrl_shutdown()?,
        })
    }

    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 2,
            _ = self.stop.recv() => 2,
            _ = self.close.recv() => 1,
            _ = self.logoff.recv() => 15,
            _ = self.shutdown.recv() => 15,
        }
    }
}
