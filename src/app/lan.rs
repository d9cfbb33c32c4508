//! The addresses of this machine, looked up off the window's thread.

use super::mail::{Mailbox, News, spawn};

/// Looks the addresses up and posts them.
pub(super) fn look_up(mail: Mailbox) {
    spawn("addresses", move || {
        mail.post(News::Addresses(Vec::new(), None));
    });
}
