//! Who can reach a listener, from its name and the addresses that this PC has now.

use std::net::SocketAddr;

use super::super::model::{
    Model,
    state::{Phase, Plan, Session},
};
use crate::{
    model::{SessionId, Transport},
    ui::views::shared::access::{Access, Way},
};

impl Model {
    /// Who can reach a running listener; `None` for one at a path, and for what is no listener.
    pub(super) fn access(&self, id: SessionId, session: &Session) -> Option<Access> {
        let Plan::Listen(config) = &session.plan else { return None };
        let local = session.local.inet().filter(|_| session.phase == Phase::Running)?;
        let ip = local.ip();
        let way = |adapter: &str, address: SocketAddr| Way {
            adapter: adapter.to_owned(),
            address: if session.is_http() { format!("http://{address}/") } else { address.to_string() },
        };
        let own = self.addresses.choices.iter().filter_map(|choice| Some((choice, choice.address.parse().ok()?)));
        let ways: Vec<Way> = if ip.is_unspecified() {
            // The IPv6 wildcard takes IPv4 as well.
            let taken = own.filter(|(_, own): &(_, std::net::IpAddr)| local.is_ipv6() || own.is_ipv4());
            taken.map(|(choice, own)| way(&choice.adapter, SocketAddr::new(own, local.port()))).collect()
        } else {
            let adapter = own.into_iter().find(|(_, own)| *own == ip).map_or("", |(choice, _)| &choice.adapter);
            vec![way(adapter, local)]
        };
        Some(Access {
            session: id,
            here_only: ip.is_loopback(),
            can_move: matches!(config.transport, Transport::Tcp | Transport::Udp) && !ip.is_multicast(),
            datagrams: config.transport == Transport::Udp,
            ways,
        })
    }
}
