"""Recipe for Spack: spack repo add cmake/packages/spack, then spack install distsne."""
from spack.package import *


class Distsne(CMakePackage):
    """SNE, symmetric SNE and t-SNE maps of very large data sets over MPI ranks, the same to the last bit on any number
    of them."""

    homepage = "https://example.org/distsne"
    # A checkout: spack install distsne@main after git clone, by `spack develop -p PATH distsne@main`.
    version("main", branch="main", git="https://example.org/distsne.git")

    license("BSD-3-Clause")

    variant("shared", default=True, description="Build the library as a shared one")
    variant("python", default=False, description="Build the Python module")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.21:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("mpi")
    depends_on("hdf5@1.10:")
    depends_on("eigen@3.4:")
    depends_on("highway@1.0:")
    depends_on("fftw@3.3: precision=float,double")
    depends_on("cli11@2.3:")
    depends_on("fmt@9:")
    depends_on("nlohmann-json@3.11:")
    depends_on("zlib-api")
    depends_on("libzip")
    depends_on("liblzf")
    depends_on("pango@1.44:")
    depends_on("python@3.9:", when="+python", type=("build", "link", "run"))
    depends_on("py-pybind11@2.10:", when="+python", type="build")
    depends_on("py-numpy", when="+python", type="run")
    extends("python", when="+python")

    generator("ninja")

    def cmake_args(self):
        return [
            self.define_from_variant("BUILD_SHARED_LIBS", "shared"),
            self.define_from_variant("DISTSNE_PYTHON", "python"),
        ]
