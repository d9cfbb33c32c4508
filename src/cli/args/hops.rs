//! How far packets may go.

use crate::model::SocketOptions;

#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(in crate::cli) struct Hops {
    /// How many routers a packet may pass (IP_TTL), 1 to 255; what is usual on this system without this
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..), conflicts_with_all = ["unix", "unix_datagram", "seqpacket"])]
    pub ttl: Option<u8>,
    /// The same for datagrams to a multicast group, 0 to 255; 1 without this: they stay in this network
    #[arg(long, value_name = "N", requires = "udp")]
    pub multicast_ttl: Option<u8>,
}

impl Hops {
    /// The options of a socket that has these.
    pub(in crate::cli) fn of(self, options: SocketOptions) -> SocketOptions {
        SocketOptions { ttl: self.ttl, multicast_ttl: self.multicast_ttl, ..options }
    }
}
