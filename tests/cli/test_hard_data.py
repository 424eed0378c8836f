"""Data with outliers, heavy tails, ties, offsets and the like: a map, always, and one whose KL is as stated."""
import cases
import hard_case
import hard_data
import program


class HardData(program.ProgramTest):
    def test_every_kind(self):
        for seed in range(len(hard_data.KINDS)):
            wrong, case = hard_case.run(seed, self.folder, 60, other_ranks=seed % 5 == 0)
            with self.subTest(case):
                self.assertEqual(wrong, [])

    def test_neighbors_and_grid_of_more_rows(self):
        for seed in (2, 7):
            wrong, case = hard_case.run(seed, self.folder, program.fewer(3000, 600))
            with self.subTest(case):
                self.assertEqual(wrong, [])


if __name__ == "__main__":
    cases.main()
