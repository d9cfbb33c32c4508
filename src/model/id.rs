//! Numbers that name things for the length of one run.

/// Declares an id: a `u32` counted from 1, `0` standing for "none".
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// Stands for "not about one of these".
            pub const NONE: Self = Self(0);

            /// True unless this is [`Self::NONE`].
            #[must_use]
            pub fn is_some(self) -> bool {
                self.0 != 0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

id! {
    /// A listener or a client that the user started. Chosen by the caller of the engine, echoed in every answer.
    SessionId
}
id! {
    /// One established stream, or one datagram peer. Given by the engine, never used twice in a run.
    ConnectionId
}
id! {
    /// A file on its way out. Chosen by the caller, so that it can be cancelled.
    TransferId
}
id! {
    /// A whole picture or body in the object store.
    ObjectId
}
