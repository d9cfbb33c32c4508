//! Whether something faster than the processor draws here.

/// Whether this PC may have a graphics card; where it cannot be told at once, it may. Drawing without one, Vulkan takes
/// five times as long for a frame as OpenGL does (Mesa's lavapipe and llvmpipe), and half as long again to start.
pub(in crate::app) fn may_be_there() -> bool {
    #[cfg(target_os = "linux")]
    return on_linux(std::path::Path::new("/dev"));
    #[cfg(not(target_os = "linux"))]
    true
}

/// By what the drivers open: the kernel's render nodes, NVIDIA's own, and Windows' below Linux.
#[cfg(any(test, target_os = "linux"))]
fn on_linux(devices: &std::path::Path) -> bool {
    let renders = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("renderD");
    ["nvidiactl", "dxg"].iter().any(|name| devices.join(name).exists())
        || std::fs::read_dir(devices.join("dri")).is_ok_and(|nodes| nodes.flatten().any(renders))
}

/// Whether what wgpu has found to draw with is the processor.
pub(in crate::app) fn is_the_processor(cc: &eframe::CreationContext<'_>) -> bool {
    cc.wgpu_render_state.as_ref().is_some_and(|state| state.adapter.get_info().device_type == wgpu::DeviceType::Cpu)
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn a_card_is_known_by_the_nodes_of_its_driver() {
        let devices = tempfile::tempdir().unwrap();
        let made = |path: &str| {
            let path = devices.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
            super::on_linux(devices.path())
        };
        assert!(!super::on_linux(devices.path()));
        // A screen without anything that renders, as a virtual PC has it.
        assert!(!made("dri/card0"));
        assert!(made("dri/renderD128"));
        std::fs::remove_dir_all(devices.path().join("dri")).unwrap();
        assert!(made("nvidiactl"));
    }
}
