//! The addresses of this machine, told whenever they are others than before.

use std::time::Duration;

use tokio::{runtime, time::sleep};

use super::{
    interfaces::{Adapter, addresses},
    platform::Changes,
};

/// Pause before another look: a change seldom comes alone.
const PAUSE: Duration = Duration::from_millis(200);

/// Hands `tell` the addresses of this machine at once and after every change, until it returns false. Blocks: to be called
/// on a thread of its own, which sleeps while nothing changes.
pub fn follow_addresses(tell: impl FnMut(&[Adapter]) -> bool) {
    if let Ok(runtime) = runtime::Builder::new_current_thread().enable_all().build() {
        runtime.block_on(async {
            let changes = Changes::new();
            let next = async || {
                changes.next().await;
                sleep(PAUSE).await;
            };
            follow(addresses, next, tell).await;
        });
    }
}

async fn follow(
    mut look: impl FnMut() -> Vec<Adapter>,
    next: impl AsyncFn(),
    mut tell: impl FnMut(&[Adapter]) -> bool,
) {
    let mut told = None;
    loop {
        let now = look();
        if told.as_ref() != Some(&now) {
            if !tell(&now) {
                return;
            }
            told = Some(now);
        }
        next().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::net::interfaces::AdapterKind;

    #[tokio::test]
    async fn what_has_not_changed_is_not_told_again() {
        let adapter = |has_link| Adapter {
            name: "eth0".to_owned(),
            address: [10, 77, 0, 1].into(),
            kind: AdapterKind::Lan,
            broadcast: None,
            has_link,
        };
        let mut looks =
            vec![vec![adapter(true)], vec![adapter(true)], vec![adapter(false)], vec![], vec![]].into_iter();
        let mut told = Vec::new();
        let looked = || looks.next().unwrap_or_else(|| vec![adapter(true)]);
        follow(
            looked,
            async || (),
            |adapters| {
                told.push(adapters.first().map(|adapter| adapter.has_link));
                told.len() < 4
            },
        )
        .await;
        assert_eq!(told, [Some(true), Some(false), None, Some(true)]);
    }
}
