//! Which screen there is, before a window is opened on it.

/// The screens that the environment names, with their variables: `DISPLAY=:0`. Empty where there is none, and on systems
/// that have no such variables.
pub(in crate::app) fn named() -> String {
    let named = |name| variable(name).map(|value| format!("{name}={value}"));
    ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().filter_map(named).collect::<Vec<_>>().join(", ")
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Chooses X11 where the environment names both and nothing answers as Wayland, such as after `sudo` or in a shell that
/// outlived its desktop. The toolkit itself would look no further.
#[cfg(target_os = "linux")]
pub(in crate::app) fn builder() -> Option<eframe::EventLoopBuilderHook> {
    use winit::platform::x11::EventLoopBuilderExtX11;
    let choose = variable("DISPLAY").is_some() && !wayland_answers(&variable("WAYLAND_DISPLAY")?);
    choose.then(|| -> eframe::EventLoopBuilderHook {
        tracing::info!("nothing answers as Wayland; X11 it is");
        Box::new(|builder| {
            builder.with_x11();
        })
    })
}

#[cfg(target_os = "linux")]
fn wayland_answers(display: &str) -> bool {
    // An absolute name replaces the folder.
    let folder = variable("XDG_RUNTIME_DIR").unwrap_or_default();
    std::os::unix::net::UnixStream::connect(std::path::Path::new(&folder).join(display)).is_ok()
}

/// Other systems have one kind of screen.
#[cfg(not(target_os = "linux"))]
pub(in crate::app) fn builder() -> Option<eframe::EventLoopBuilderHook> {
    None
}
