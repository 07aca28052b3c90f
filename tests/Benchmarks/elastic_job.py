"""A small data-parallel job for torchrun, to be killed: what it takes to be training again.

usage: torchrun ... elastic_job.py FOLDER
Each worker appends "pid rank step seconds" to FOLDER/RANK.log after each step; rank 0 stores the state every ten steps.
"""
import ctypes
import os
import pathlib
import signal
import sys
import time

ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: never outlives the agent, even a killed one
if os.getppid() == 1:
    sys.exit("the agent is gone already")

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

folder = pathlib.Path(sys.argv[1])
torch.set_num_threads(1)
dist.init_process_group("gloo")
rank = dist.get_rank()
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(256, 512), torch.nn.ReLU(), torch.nn.Linear(512, 256))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
stored, step = folder / "state.pt", 0
if stored.exists():
    state = torch.load(stored)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    step = state["step"]
parallel = DistributedDataParallel(model)
with open(folder / f"{rank}.log", "a", buffering=1) as log:
    while True:
        inputs = torch.randn(64, 256)
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(parallel(inputs), inputs).backward()
        optimizer.step()
        step += 1
        log.write(f"{os.getpid()} {rank} {step} {time.time():.6f}\n")
        if rank == 0 and step % 10 == 0:
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, folder / "new")
            os.replace(folder / "new", stored)
        time.sleep(0.05)
