//! A box with a message outside of the window, for when there is none.

/// Shows a message and, where the system's own box is used, waits until it is closed. Does nothing where there is no way.
pub(in crate::app) fn show(title: &str, words: &str) {
    #[cfg(any(windows, target_os = "macos"))]
    rfd::MessageDialog::new().set_level(rfd::MessageLevel::Error).set_title(title).set_description(words).show();
    #[cfg(not(any(windows, target_os = "macos")))]
    programs::show(title, words);
}

/// Programs that desktops have for this; each lives on without us.
#[cfg(not(any(windows, target_os = "macos")))]
mod programs {
    use std::{
        process::{Command, Stdio},
        thread,
        time::Duration,
    };

    /// A program that is still there after this long found the screen.
    const SHOWN: Duration = Duration::from_millis(400);

    pub(in crate::app) fn show(title: &str, words: &str) {
        let text = format!("--text={words}");
        let title_is = format!("--title={title}");
        let ways: [(&str, &[&str]); 4] = [
            ("zenity", &["--error", "--no-markup", "--width=480", &title_is, &text]),
            ("kdialog", &["--title", title, "--error", words]),
            ("xmessage", &["-center", "-title", title, words]),
            ("notify-send", &["--urgency=critical", title, words]),
        ];
        for (program, arguments) in ways {
            let quiet = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
            let Ok(mut child) = quiet else { continue };
            thread::sleep(SHOWN);
            match child.try_wait() {
                Ok(Some(status)) if !status.success() => {}
                _ => return,
            }
        }
    }
}
