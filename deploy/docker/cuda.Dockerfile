# The image of Dockerfile with a libtorch for NVIDIA's GPUs. libtorch-cuda/ is the folder of libtorch 2.10 for CUDA with its
# dependencies (`libtorch-shared-with-deps`, from pytorch.org). The driver comes from the machine, by NVIDIA's container
# toolkit. Not run in CI, which has no GPU. From the folder that has libtorch-cuda/:
#   docker build -f PATH/deploy/docker/cuda.Dockerfile -t starling:cuda .
ARG STARLING=starling
FROM ${STARLING}
COPY libtorch-cuda/lib /opt/libtorch/lib
ENV STARLING_TORCH_LIB_DIR=/opt/libtorch/lib NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
