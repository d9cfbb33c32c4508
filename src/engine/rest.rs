//! Gives memory back to the system when nothing has happened for a while.

use std::{sync::Arc, time::Duration};

use tokio::{task::spawn_blocking, time::sleep};

use crate::{
    journal::{Journal, Objects},
    memory,
};

/// How long nothing may have been written down before memory is given back.
const IDLE: Duration = Duration::from_mins(1);

/// Runs until the engine is dropped: one look a minute.
pub(super) async fn run(journal: Arc<Journal>, objects: Arc<Objects>) {
    let mut newest = journal.stats().next;
    let mut rested = false;
    loop {
        sleep(IDLE).await;
        let next = journal.stats().next;
        if next != newest {
            (newest, rested) = (next, false);
        } else if !rested {
            rested = true;
            journal.rest();
            objects.drop_cleared();
            // Milliseconds where there is much to give back. When that fails, the runtime is about to end.
            let _ = spawn_blocking(memory::give_back).await;
        }
    }
}
