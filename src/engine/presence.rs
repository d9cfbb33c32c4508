//! Tells when this PC loses an address that a listener or a connection stands on, or the link of its adapter, and when it has
//! it again.
//!
//! Asks no more often than addresses change, and not at all while every socket stands on loopback or on all addresses.

use std::{sync::Arc, time::Duration};

use tokio::{task::yield_now, time::sleep};

use super::{
    command::{Addressed, Notice},
    net::{
        offload::offload,
        platform::Changes,
        presence::{Local, Standing, look},
    },
    shared::context::Context,
};
use crate::model::{Detail, Event, Failure, Name, Names, Note, Operation, Presence, Reason};

/// How long listing the adapters may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Pause between two looks: a change seldom comes alone.
const PAUSE: Duration = Duration::from_millis(200);
/// Records written before others have their turn.
const AT_ONCE: usize = 256;

/// Runs until the engine is dropped.
pub(super) async fn run(context: Arc<Context>) {
    let changes = Changes::new();
    loop {
        let locals = context.registry.lock().locals.all();
        if locals.is_empty() {
            context.new_local.notified().await;
            continue;
        }
        // An answer that does not come in time says nothing about the addresses.
        for standing in offload(PATIENCE, move || look(&locals)).await.unwrap_or_default() {
            tell(&context, standing).await;
        }
        tokio::select! {
            () = changes.next() => {}
            () = context.new_local.notified() => {}
        }
        sleep(PAUSE).await;
    }
}

/// Tells those who stand on an address what became of it, unless that is no news.
async fn tell(context: &Context, standing: Standing) {
    let Standing { local, presence, adapter, error } = standing;
    let stands = |name: &Name| Local::of(name) == Some(local);
    let (listeners, connections) = {
        let mut registry = context.registry.lock();
        if !registry.locals.set(local, presence) {
            return;
        }
        let listeners: Vec<_> = registry.listeners.iter().filter(|(_, name)| stands(name)).collect();
        let listeners: Vec<_> = listeners.into_iter().map(|(session, name)| (*session, name.clone())).collect();
        let connections = registry.connections.values().map(|handle| &handle.connection);
        let connections = connections.filter(|connection| stands(&connection.identity().names.local));
        (listeners, connections.cloned().collect::<Vec<_>>())
    };
    let address = local.ip;
    let news = match (presence, error) {
        (Presence::Lost, Some(error)) => {
            Addressed::Lost(Failure::new(Operation::Bind, address, &error).because(Reason::AddressLost { address }))
        }
        (Presence::NoLink, _) => Addressed::Remark(Note::NoLink { address, adapter }),
        _ => Addressed::Remark(Note::AddressBack { address }),
    };
    let (failure, note) = match &news {
        Addressed::Lost(failure) => (Some(failure.clone()), None),
        Addressed::Remark(note) => (None, Some(note.clone())),
    };
    let detail = Detail { presence: Some(presence), failure, note, ..Detail::default() };
    for (session, local) in listeners {
        context.fact(Event::Address, session, &Names { local, peer: Name::Unnamed }, &detail);
        context.tell(Notice::Presence { session, presence, news: news.clone() }).await;
    }
    for (written, connection) in connections.iter().enumerate() {
        if connection.state().is_over() {
            continue;
        }
        connection.set_presence(presence);
        connection.fact(Event::Address, &detail, None);
        if written % AT_ONCE == AT_ONCE - 1 {
            yield_now().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use tokio::sync::mpsc;

    use super::*;
    use crate::{
        http::server::SiteMemory,
        journal::{Budget, Connection, Identity, Journal, Objects},
        memory::{Memory, Part},
        model::{Errno, SessionId, Side, SocketKind},
    };

    fn context() -> (Arc<Context>, mpsc::Receiver<Notice>) {
        let (notices, told) = mpsc::channel(64);
        let memory = Memory::new(1 << 20);
        let sites = SiteMemory::new(memory.share(Part::Sites));
        let objects = Objects::within(memory.share(Part::Objects));
        (Context::new(Journal::new(Budget::default()), objects, sites, notices), told)
    }

    async fn enter(context: &Arc<Context>, local: &str, peer: &str) -> Arc<Connection> {
        let identity = Identity {
            id: context.next_connection(),
            session: SessionId(1),
            side: Side::Accepted,
            names: Names { local: Name::parse(local), peer: Name::parse(peer) },
            descriptor: None,
            socket: SocketKind::TCP4,
            recv_size: 0,
        };
        let connection = Connection::new(identity, Arc::clone(&context.journal));
        context.enter(&connection).await;
        connection
    }

    fn standing(presence: Presence) -> Standing {
        let error = (presence == Presence::Lost).then(|| io::ErrorKind::AddrNotAvailable.into());
        Standing { local: Local { ip: [10, 77, 0, 1].into(), zone: 0 }, presence, adapter: "eth0".into(), error }
    }

    /// Who was told what by the records of the journal from `first` on.
    fn records(context: &Context, first: u64) -> Vec<(String, Detail)> {
        let newest = context.journal.stats().next;
        let read =
            |seq| context.journal.with_row(seq, |row| (row.head.event, row.names.local.to_string(), row.detail()));
        let rows = (first..newest).filter_map(read);
        rows.filter(|(event, ..)| *event == Event::Address).map(|(_, local, detail)| (local, detail)).collect()
    }

    #[tokio::test]
    async fn those_who_stand_on_an_address_are_told_and_nobody_else() {
        let (context, mut told) = context();
        context.listens(SessionId(1), &Name::parse("10.77.0.1:80"));
        context.listens(SessionId(2), &Name::parse("0.0.0.0:81"));
        let on_it = enter(&context, "10.77.0.1:80", "10.77.0.2:5000").await;
        let elsewhere = enter(&context, "10.77.1.1:81", "10.77.1.2:5000").await;
        let loopback = enter(&context, "127.0.0.1:81", "127.0.0.1:5000").await;
        let mut watched = context.registry.lock().locals.all();
        watched.sort();
        let ips: Vec<_> = watched.iter().map(|local| local.ip.to_string()).collect();
        assert_eq!(ips, ["10.77.0.1", "10.77.1.1"]);

        tell(&context, standing(Presence::Here)).await;
        assert!(records(&context, 0).is_empty(), "no news");
        let before = context.journal.stats().next;
        tell(&context, standing(Presence::Lost)).await;
        tell(&context, standing(Presence::Lost)).await;
        let lost = records(&context, before);
        assert_eq!(lost.len(), 2, "the listener and its connection, once: {lost:?}");
        for (local, detail) in lost {
            let failure = detail.failure.expect("what the system said");
            assert_eq!(
                (local.as_str(), detail.presence, failure.error),
                ("10.77.0.1:80", Some(Presence::Lost), Errno::EADDRNOTAVAIL)
            );
            assert_eq!(failure.message(), "this PC has lost 10.77.0.1");
        }
        assert_eq!(on_it.presence(), Presence::Lost);
        assert_eq!((elsewhere.presence(), loopback.presence()), (Presence::Here, Presence::Here));

        let before = context.journal.stats().next;
        tell(&context, standing(Presence::NoLink)).await;
        tell(&context, standing(Presence::Here)).await;
        let notes: Vec<_> = records(&context, before).into_iter().map(|(_, detail)| detail.note).collect();
        let address = [10, 77, 0, 1].into();
        let no_link = Some(Note::NoLink { address, adapter: "eth0".into() });
        let back = Some(Note::AddressBack { address });
        assert_eq!(notes, [no_link.clone(), no_link, back.clone(), back]);
        assert_eq!(on_it.presence(), Presence::Here);

        let mut changes = Vec::new();
        while let Ok(notice) = told.try_recv() {
            if let Notice::Presence { session, presence, .. } = notice {
                changes.push((session, presence));
            }
        }
        let of = |presence| (SessionId(1), presence);
        assert_eq!(changes, [of(Presence::Lost), of(Presence::NoLink), of(Presence::Here)]);

        context.leave(&on_it).await;
        context.stopped(SessionId(1), Name::Unnamed).await;
        let watched = context.registry.lock().locals.all();
        assert_eq!(watched.len(), 1, "nobody stands on 10.77.0.1 any more");
    }
}
