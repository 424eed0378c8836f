-- Module file of Lmod for an installation by hand: put it at MODULEPATH/distsne/0.1.0.lua and set `prefix`.
--   cmake --install build/release --prefix /opt/distsne/0.1.0
local prefix = "/opt/distsne/0.1.0"

help([[SNE, symmetric SNE and t-SNE maps of very large data sets: man distsne]])
whatis("Name: distsne")
whatis("Version: 0.1.0")
whatis("Description: SNE, symmetric SNE and t-SNE maps over MPI ranks")

-- The MPI and HDF5 that it was built with; take out what the system has everywhere.
depends_on("openmpi")

prepend_path("PATH", pathJoin(prefix, "bin"))
prepend_path("MANPATH", pathJoin(prefix, "share/man"))
prepend_path("CMAKE_PREFIX_PATH", prefix)
for _, lib in ipairs({"lib", "lib64", "lib/x86_64-linux-gnu"}) do
  if isDir(pathJoin(prefix, lib)) then
    prepend_path("LD_LIBRARY_PATH", pathJoin(prefix, lib))
    prepend_path("PKG_CONFIG_PATH", pathJoin(prefix, lib, "pkgconfig"))
  end
end
setenv("DISTSNE", pathJoin(prefix, "bin/distsne"))
