import pytest

from ablate.building import devices


@pytest.fixture
def machine(monkeypatch):
    """A machine with these files, this torch and these variables."""

    def of(*files, torch="2.15.0+cu132", **variables):
        monkeypatch.setattr(devices, "_exists", lambda path: path in files)
        monkeypatch.setattr(devices.importlib.metadata, "version", lambda package: torch)
        for name in devices.HIDING:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return of


NVIDIA = "/proc/driver/nvidia/version"
WSL = ("/dev/dxg", "/usr/lib/wsl/lib/libcuda.so.1")


def test_a_driver_leaves_a_trace(machine):
    machine()
    assert not devices.gpu_is_likely()
    machine(NVIDIA)
    assert devices.gpu_is_likely()
    machine("/dev/nvidiactl")
    assert devices.gpu_is_likely()


def test_windows_graphics_alone_are_no_cuda(machine):
    machine(WSL[0])
    assert not devices.gpu_is_likely()
    machine(*WSL)
    assert devices.gpu_is_likely()


def test_an_amd_card_counts_for_a_torch_that_uses_it(machine):
    machine("/dev/kfd")
    assert not devices.gpu_is_likely()
    machine("/dev/kfd", torch="2.15.0+rocm7.1")
    assert devices.gpu_is_likely()
    machine("/dev/kfd", torch="2.15.0+rocm7.1", HIP_VISIBLE_DEVICES="")
    assert not devices.gpu_is_likely()


@pytest.mark.parametrize("hidden", ["", " ", "-1", "-1,0", "NoDevFiles"])
def test_hidden_cards_do_not_count(machine, hidden):
    machine(NVIDIA, CUDA_VISIBLE_DEVICES=hidden)
    assert not devices.gpu_is_likely()
    machine(NVIDIA, CUDA_VISIBLE_DEVICES="0")
    assert devices.gpu_is_likely()


@pytest.mark.parametrize(
    ("device", "needs_gpu", "elsewhere", "asks"),
    [
        ("auto", False, False, False),
        ("auto", True, False, True),
        # The submitting machine has no card, and does not decide.
        ("auto", False, True, True),
        ("cpu", True, True, False),
        ("cuda", False, False, True),
    ],
)
def test_who_asks_for_a_gpu_where_this_machine_has_none(
    machine, device, needs_gpu, elsewhere, asks
):
    machine()
    assert devices.trains_on_gpu(device, needs_gpu, elsewhere) is asks


def test_visible_cards_are_counted(machine, monkeypatch, tmp_path):
    machine()
    monkeypatch.setattr(devices, "CARDS", str(tmp_path / "gpus"))
    assert devices.visible_gpus() == 1
    for card in ("0000:01:00.0", "0000:02:00.0", "0000:03:00.0"):
        (tmp_path / "gpus" / card).mkdir(parents=True)
    assert devices.visible_gpus() == 3
    machine(CUDA_VISIBLE_DEVICES="2,0")
    assert devices.visible_gpus() == 2
    machine(CUDA_VISIBLE_DEVICES="GPU-8932f937-d72c, GPU-1faf2c5a-91d0")
    assert devices.visible_gpus() == 2
    # CUDA shows a process one slice, whatever is named.
    machine(CUDA_VISIBLE_DEVICES="MIG-6d3a1b2c-0f61,MIG-0b9c5c1e-77aa")
    assert devices.visible_gpus() == 1
    machine(CUDA_VISIBLE_DEVICES="")
    assert devices.visible_gpus() == 1
    # CUDA reads no further than the first that is none.
    machine(CUDA_VISIBLE_DEVICES="2,0,-1,1")
    assert devices.visible_gpus() == 2
