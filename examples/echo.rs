//! An echo listener whose journal is printed while it runs: `cargo run --example echo -- 8000`.
//!
//! The engine is a library: commands go in, notices come out, and what happened is in the journal. A follower reads it
//! without losing a record.

use std::{error::Error, thread, time::Duration};

use socketlab::{
    engine::{Command, Engine, Notice},
    journal::{Budget, Follower, Payloads},
    model::{ListenConfig, Recipe, SessionId},
};

fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    // Nobody has to be woken: one thread waits for notices, another for records.
    let (engine, mut notices) = Engine::start(Budget::default(), || {})?;
    let follower = engine.journal().follow(Payloads::Cut);
    let printer = thread::Builder::new().name("printer".into()).spawn(move || print(follower))?;

    // Ids are chosen by the caller and come back with every notice and record.
    let config = ListenConfig { port, recipe: Recipe::ECHO, ..ListenConfig::default() };
    engine.send(Command::Listen { session: SessionId(1), config })?;
    while let Some(notice) = notices.blocking_recv() {
        match notice {
            Notice::Listening { local, .. } => println!("call {local}, for example with: ncat {}", spaced(&local)),
            Notice::Stopped(_) => break,
            _ => {}
        }
    }
    // Dropping the engine closes what is open; the follower reads the rest and ends.
    drop(engine);
    printer.join().map_err(|_| "the printer failed")?;
    Ok(())
}

fn spaced(name: &socketlab::model::Name) -> String {
    name.to_string().replacen(':', " ", 1)
}

/// A line for each record: number, event, peer, and how many bytes.
fn print(mut follower: Follower) {
    loop {
        let Some(block) = follower.read(Duration::from_millis(200)) else { continue };
        let mut last = false;
        for row in block.rows().filter(|row| row.seq >= follower.wanted()) {
            let text = row.payload.escape_ascii();
            println!("{:6} {:12} {:24} {:8} {text}", row.seq, row.head.event.word(), row.names.peer, row.head.length);
            last |= row.head.event.word() == "stopped";
        }
        follower.advance(block.end());
        if last {
            return;
        }
    }
}
