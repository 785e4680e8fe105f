"""Layers on accelerators: broken devices, copies that are written to, tensor cores; kernels where there is a GPU."""
