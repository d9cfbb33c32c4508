//! What a listener of any kind answers with.

use crate::{
    model::{Errno, Failure, ListenConfig, Operation, Reason, join_host_port},
    respond::Responders,
};

/// What a listener answers with; what cannot be used or is not in the encoding is a failure of the listener.
pub(crate) fn responders(config: &ListenConfig) -> Result<Responders, Failure> {
    Responders::new(&config.recipe, config.encoding).map_err(|error| {
        let name = join_host_port(&config.bind, config.port);
        Failure::named(Operation::Listen, name, Errno::EINVAL).because(Reason::said(error.phrase()))
    })
}
