"""Maps of hard data sets, drawn by seed, for as long as wanted: no crash, hang or refusal, the KL as stated and below
that of one blob, every axis alive, the same bits on other ranks.

    python3 tests/bench/hard_data.py --cases 500 --rows 3000 --program build/release/bin/distsne
"""
import argparse
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(SOURCE / "build/release/bin/distsne"))
    parser.add_argument("--mpiexec", default="mpirun --oversubscribe --bind-to none --mca mpi_yield_when_idle 1")
    parser.add_argument("--first", type=int, default=0, help="seed of the first case")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--rows", type=int, default=400, help="of most cases: 2 to 50000")
    arguments = parser.parse_args()
    os.environ.update(DISTSNE=arguments.program, DISTSNE_SOURCE_DIR=str(SOURCE), DISTSNE_MPIEXEC=arguments.mpiexec,
                      DISTSNE_PATIENCE="10", DISTSNE_SANITIZED="0", OMP_WAIT_POLICY="passive",
                      OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    sys.path.insert(0, str(SOURCE / "tests/support"))
    import hard_case

    bad = 0
    with tempfile.TemporaryDirectory(prefix="distsne-hard-") as folder:
        for seed in range(arguments.first, arguments.first + arguments.cases):
            wrong, case = hard_case.run(seed, pathlib.Path(folder), arguments.rows, other_ranks=seed % 3 == 0)
            bad += bool(wrong)
            print("WRONG" if wrong else "fine ", case, *wrong, sep="\n      " if wrong else " ", flush=True)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
