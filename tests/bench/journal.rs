//! How fast the journal takes records on one core, and what a record costs in memory.
//!
//! `cargo bench --bench journal`; prints figures, decides nothing.

use std::{io::IoSlice, sync::Arc, time::Instant};

use socketlab::{
    journal::{Budget, Entry, Journal},
    model::{ConnectionId, Event, Name, Names, SessionId},
};

const RECORDS: u32 = 4_000_000;

fn main() {
    for (payload, connections) in [(16, 1), (16, 100), (64, 1), (512, 100)] {
        run(payload, connections);
    }
}

fn run(payload: usize, connections: u32) {
    let journal = Journal::new(Budget::default());
    let names: Vec<Names> = (0..connections).map(names).collect();
    let bytes = vec![b'x'; payload];
    let started = Instant::now();
    for (record, names) in (0..RECORDS).zip(names.iter().cycle()) {
        append(&journal, record % connections, names, &bytes);
    }
    let seconds = started.elapsed().as_secs_f64();
    let stats = journal.stats();
    println!(
        "{payload:>4} B payload, {connections:>3} connections: {:>10.0} records/s, {:>5.1} B a row on top of the payload \
         ({} rows kept, {} evicted, {:.0} MiB)",
        f64::from(RECORDS) / seconds,
        stats.bytes as f64 / stats.len() as f64 - payload as f64,
        stats.len(),
        stats.evicted,
        stats.bytes as f64 / 1_048_576.0,
    );
}

fn names(number: u32) -> Names {
    let peer = format!("127.0.0.1:{}", 10_000 + number);
    Names { local: Name::parse("127.0.0.1:8000"), peer: Name::parse(&peer) }
}

fn append(journal: &Arc<Journal>, connection: u32, names: &Names, bytes: &[u8]) {
    journal.append(&Entry {
        event: Event::Recv,
        session: SessionId(1),
        connection: ConnectionId(connection + 1),
        names,
        length: bytes.len(),
        payload: &[IoSlice::new(bytes)],
        keep: bytes.len(),
        previous: 0,
    });
}
