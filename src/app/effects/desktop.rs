//! What the desktop around the window wishes and can do: its colours, whether things may move, and notifications.
//!
//! On Linux over D-Bus; elsewhere the window itself knows the colours, and its mark in the task bar is the notification.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::app::mailbox::spawn;

#[cfg(target_os = "linux")]
pub(in crate::app) use bus::{ends, follow, notify};

/// Looks no further: other systems tell the window itself.
#[cfg(not(target_os = "linux"))]
pub(in crate::app) fn follow(_mail: crate::app::mailbox::Mailbox<crate::app::model::DesktopPreferences>) {}

/// Other systems end a program without asking its window to close.
#[cfg(not(target_os = "linux"))]
pub(in crate::app) fn ends() -> bool {
    false
}

/// Shows nothing: the mark in the task bar is all there is.
#[cfg(not(target_os = "linux"))]
pub(in crate::app) fn notify(_title: String, _words: String) {}

/// Shows a folder with the program of the system for that; nothing happens where there is none.
pub(in crate::app) fn show_folder(path: PathBuf) {
    let program = if cfg!(target_os = "windows") {
        "explorer"
    } else if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    spawn("folder", move || {
        if let Err(error) = Command::new(program).arg(&path).stdin(Stdio::null()).status() {
            tracing::info!("{program} does not show {}: {error}", path.display());
        }
    });
}

#[cfg(target_os = "linux")]
mod bus {
    use std::collections::HashMap;

    use zbus::{
        blocking::{Connection, Proxy},
        zvariant::{OwnedValue, Value},
    };

    use crate::app::{
        mailbox::{Mailbox, spawn},
        model::DesktopPreferences,
    };

    const LOOKS: &str = "org.freedesktop.appearance";
    const GNOME: &str = "org.gnome.desktop.interface";

    /// Posts what the desktop wishes, now and whenever that changes, from a thread of its own.
    pub(in crate::app) fn follow(mail: Mailbox<DesktopPreferences>) {
        spawn("desktop", move || {
            if let Err(error) = listen(&mail) {
                tracing::info!("the desktop's wishes are not known: {error}");
            }
        });
    }

    fn listen(mail: &Mailbox<DesktopPreferences>) -> zbus::Result<()> {
        let bus = Connection::session()?;
        let portal = Proxy::new(
            &bus,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.Settings",
        )?;
        // Before the first look, so that no change falls between the two.
        let changes = portal.receive_signal("SettingChanged")?;
        let all: HashMap<String, HashMap<String, OwnedValue>> = portal.call("ReadAll", &(vec![LOOKS, GNOME],))?;
        let mut wishes = DesktopPreferences::default();
        for (group, values) in &all {
            for (key, value) in values {
                take(&mut wishes, group, key, value);
            }
        }
        if !mail.post(wishes) {
            return Ok(());
        }
        for change in changes {
            let body = change.body();
            let Ok((group, key, value)) = body.deserialize::<(String, String, OwnedValue)>() else { continue };
            let before = wishes;
            take(&mut wishes, &group, &key, &value);
            if wishes != before && !mail.post(wishes) {
                break;
            }
        }
        Ok(())
    }

    fn take(wishes: &mut DesktopPreferences, group: &str, key: &str, value: &OwnedValue) {
        match (group, key) {
            (LOOKS, "color-scheme") => {
                // 0 has no wish, 1 is dark, 2 is light.
                wishes.dark = u32::try_from(value).ok().filter(|scheme| *scheme > 0).map(|scheme| scheme == 1);
            }
            (LOOKS, "reduced-motion") => {
                wishes.still = u32::try_from(value).ok().map(|wish| wish == 1).or(wishes.still);
            }
            (GNOME, "enable-animations") => {
                wishes.still = bool::try_from(value).ok().map(|animations| !animations).or(wishes.still);
            }
            _ => {}
        }
    }

    /// Whether the desktop is ending itself, as KDE, GNOME or the system's log-in service tells; false where none answers.
    pub(in crate::app) fn ends() -> bool {
        let kde = || -> zbus::Result<bool> {
            let bus = Connection::session()?;
            let proxy = Proxy::new(&bus, "org.kde.ksmserver", "/KSMServer", "org.kde.KSMServerInterface")?;
            proxy.call("isShuttingDown", &())
        };
        let gnome = || -> zbus::Result<bool> {
            let bus = Connection::session()?;
            let name = "org.gnome.SessionManager";
            let proxy = Proxy::new(&bus, name, "/org/gnome/SessionManager", name)?;
            proxy.call::<_, _, bool>("IsSessionRunning", &()).map(|runs| !runs)
        };
        let system = || -> zbus::Result<bool> {
            let bus = Connection::system()?;
            let manager = "org.freedesktop.login1.Manager";
            let proxy = Proxy::new(&bus, "org.freedesktop.login1", "/org/freedesktop/login1", manager)?;
            proxy.get_property("PreparingForShutdown")
        };
        kde().unwrap_or(false) || gnome().unwrap_or(false) || system().unwrap_or(false)
    }

    /// Shows a notification; silence where nobody shows any.
    pub(in crate::app) fn notify(title: String, words: String) {
        spawn("notification", move || {
            if let Err(error) = show(&title, &words) {
                tracing::info!("no notification: {error}");
            }
        });
    }

    fn show(title: &str, words: &str) -> zbus::Result<()> {
        let bus = Connection::session()?;
        let hints = HashMap::from([("desktop-entry", Value::from("socketlab"))]);
        let actions: Vec<&str> = Vec::new();
        // Servers may read markup in the body: what a peer sent must not become any.
        let words = words.replace('&', "&amp;").replace('<', "&lt;");
        let body = ("Socketlab", 0_u32, "socketlab", title, words, actions, hints, -1_i32);
        bus.call_method(
            Some("org.freedesktop.Notifications"),
            "/org/freedesktop/Notifications",
            Some("org.freedesktop.Notifications"),
            "Notify",
            &body,
        )?;
        Ok(())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn wishes_are_read_from_either_desktop() {
            let mut wishes = DesktopPreferences::default();
            take(&mut wishes, LOOKS, "color-scheme", &OwnedValue::from(1_u32));
            take(&mut wishes, GNOME, "enable-animations", &OwnedValue::from(false));
            assert_eq!(wishes, DesktopPreferences { dark: Some(true), still: Some(true) });
            take(&mut wishes, LOOKS, "color-scheme", &OwnedValue::from(0_u32));
            // Something of another type is no wish.
            take(&mut wishes, LOOKS, "reduced-motion", &OwnedValue::from(true));
            take(&mut wishes, "other", "color-scheme", &OwnedValue::from(2_u32));
            assert_eq!(wishes, DesktopPreferences { dark: None, still: Some(true) });
        }
    }
}
