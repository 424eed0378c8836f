"""The Slurm scripts, submitted for real to a cluster of one node on this machine."""
import re
import unittest

import h5py
import cases
import program
import slurm

SCRIPTS = program.SOURCE / "jobs/slurm"


@unittest.skipIf(slurm.missing(), f"NO SLURM HERE, NOTHING WAS CHECKED: {slurm.missing()}")
class Slurm(program.ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.cluster = slurm.Cluster()
        cls.enterClassContext(cls.cluster)

    def submit(self, *arguments):
        output = self.cluster.run("sbatch", "--parsable", *arguments, cwd=self.folder,
                                  DISTSNE=program.PROGRAM, OMP_NUM_THREADS="1", OMP_WAIT_POLICY="passive",
                                  OMPI_MCA_mpi_yield_when_idle="1")
        return output.strip().split(";")[0]

    def log(self, pattern="*.log"):
        return "\n".join(path.read_text() for path in sorted(self.folder.glob(pattern)))

    def test_a_job_makes_the_map_that_a_workstation_makes(self):
        source = self.digits(600)
        options = ["--iterations", "200", "--perplexity", "20"]
        self.embed(source, "-q", "-o", self.folder / "here.h5", *options)
        # With the options that the plan suggests for nodes of two cores, but surely on two ranks.
        plan = program.run("plan", source, "--cores", 2, "--memory", "4G", *options)
        suggested = re.search(r"\n  sbatch (--nodes=1 .*) jobs/slurm/embed.sbatch", plan.stdout)
        self.assertTrue(suggested, plan.stdout + plan.stderr)
        ranks = ["--ntasks-per-node=2", "--cpus-per-task=1"]
        job = self.submit(*suggested[1].split(), *ranks, SCRIPTS / "embed.sbatch", source, "there.h5", *options)
        self.cluster.finished(job)
        self.assertTrue((self.folder / "there.h5").exists(), self.log())
        self.assertTrue(program.same_bits(program.map_of(self.folder / "there.h5"),
                                          program.map_of(self.folder / "here.h5")))
        with h5py.File(self.folder / "there.h5") as file:
            self.assertEqual(file.attrs["ranks"], 2, "srun started the ranks as one job")

    def test_time_limit_requeues_until_done(self):
        """A real signal before a real limit; the requeued job goes on by itself, to the bits of a run in one piece."""
        source = self.digits(1200)
        options = ["--measure-every", "10000", "--neighbors", "exact", "--field", "direct"]
        options += ["--iterations", self.iterations_in(25, source, options)]
        # The limit is a minute; the signal comes 10 to 20 seconds after the start.
        job = self.submit("--time=1", "--signal=USR1@50", SCRIPTS / "embed.sbatch", source, "there.h5", *options,
                          "--max-time", "off")
        # A part that was stopped by the signal is followed by another.
        self.cluster.finished(job, lambda: self.log().count("stopped by SIGUSR1") >= self.log().count("part "))
        log = self.log()
        self.assertIn("part 1 of job", log)
        self.assertIn("part 2 of job", log)
        self.assertIn("stopped by SIGUSR1 after iteration", log)
        self.assertIn("resumed after iteration", log)
        with h5py.File(self.folder / "there.h5") as file:
            self.assertEqual(file.attrs["finished"], 1)
        self.embed(source, "-q", "-o", self.folder / "here.h5", *options, "--max-time", "off", "--checkpoint", "off",
                   ranks=2)
        self.assertTrue(program.same_bits(program.map_of(self.folder / "there.h5"),
                                          program.map_of(self.folder / "here.h5")))

    def iterations_in(self, seconds, source, options):
        """How many iterations this machine makes in so many seconds, about."""
        probe = self.folder / "probe.h5"
        result = program.run("embed", source, "-q", "-o", probe, *options, "--iterations", 100000000, "--max-time",
                             "6s", "--checkpoint", "off", ranks=2)
        self.assertEqual(result.code, 75, result.stderr)
        with h5py.File(probe) as file:
            return str(int(file.attrs["iterations"]) * seconds // 5)

    def test_job_array_over_perplexities(self):
        source = self.digits(500)
        self.cluster.run(SCRIPTS / "perplexities.sbatch", source, self.folder / "maps", 5, 12.5, 30, cwd=self.folder,
                         DISTSNE=program.PROGRAM, OMP_NUM_THREADS="1")
        jobs = self.cluster.run("squeue", "-h", "-o", "%A").split()
        for job in jobs:
            self.cluster.finished(job)
        for perplexity in ("5", "12.5", "30"):
            path = self.folder / f"maps/map_{perplexity}.h5"
            self.assertTrue(path.exists(), self.log("maps/*.log"))
            with h5py.File(path) as file:
                self.assertEqual(file.attrs["finished"], 1)
                self.assertIn(f"perplexity={perplexity}\n", file.attrs["config"])

    def test_scaling_prints_a_table(self):
        source = self.digits(500)
        job = self.submit("--ntasks-per-node=4", SCRIPTS / "scaling.sbatch", source)
        self.cluster.finished(job)
        rows = [line.split() for line in self.log().splitlines() if line.endswith(".h5")]
        self.assertEqual([row[0] for row in rows], ["1", "2", "4"], self.log())
        for row in rows:
            self.assertGreater(float(row[1]), 0)
            self.assertGreater(float(row[2]), 0)


if __name__ == "__main__":
    cases.main()
