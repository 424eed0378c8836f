/* A C program that maps rows which its ranks made: from_c FOLDER leaves FOLDER/c.RANK, and with weights
 * FOLDER/weighted.RANK. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "distsne/distsne.h"

enum { columns = 6, all_rows = 400 };

static float value(int64_t row, int column) {
  const int64_t noise = (row * 7919 + column * 104729) % 1009;
  return (row % 5 == column ? 8.0F : 0.0F) + (float)noise / 1009.0F;
}

static double weight(int64_t row) { return 0.5 + (double)(row % 4); }

static int write_points(const distsne_map* map, const char* folder, const char* name, int rank) {
  char path[4096];
  const size_t values = (size_t)(distsne_map_rows(map) * distsne_map_dims(map));
  float* points = malloc(sizeof(float) * values);
  distsne_map_points(map, points);
  snprintf(path, sizeof(path), "%s/%s.%d", folder, name, rank);
  FILE* file = fopen(path, "wb");
  const int failed = file == NULL || fwrite(points, sizeof(float), values, file) != values || fclose(file) != 0;
  free(points);
  return failed;
}

static int count_calls(void* user, int64_t iteration, int64_t total, double kl) {
  *(int64_t*)user = iteration;
  return total < iteration || kl < 0.0;
}

/* Ends the job where only this rank knows of an error. */
static int failed(int code) {
  if (code != 0) {
    fprintf(stderr, "%s\n", distsne_error());
    if (!distsne_error_is_everywhere()) {
      MPI_Abort(MPI_COMM_WORLD, code);
    }
  }
  return code;
}

int main(int argc, char** argv) {
  static const char* const settings[][2] = {{"perplexity", "12"},     {"iterations", "80"}, {"metric", "cosine"},
                                            {"seed", "7"},            {"exaggeration-iterations", "30"}};
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const int64_t first = (int64_t)all_rows * rank / ranks;
  const int64_t count = (int64_t)all_rows * (rank + 1) / ranks - first;
  float* rows = malloc(sizeof(float) * (size_t)count * columns);
  for (int64_t i = 0; i < count; ++i) {
    for (int c = 0; c < columns; ++c) {
      rows[i * columns + c] = value(first + i, c);
    }
  }

  distsne_options* options = distsne_options_create();
  int64_t calls = 0;
  int code = 0;
  for (size_t k = 0; k < sizeof(settings) / sizeof(settings[0]); ++k) {
    code |= failed(distsne_options_set(options, settings[k][0], settings[k][1]));
  }
  if (distsne_options_set(options, "perplexity", "many") != 2 || strstr(distsne_error(), "perplexity") == NULL ||
      distsne_options_set(options, "output", "map.h5") != 2) {
    fprintf(stderr, "what is no option, or no value, was taken\n");
    code = 1;
  }
  distsne_options_set_watch(options, count_calls, &calls);

  distsne_map* map = NULL;
  code |= failed(distsne_embed(MPI_Comm_c2f(MPI_COMM_WORLD), rows, count, columns, options, &map));
  if (code == 0) {
    code = write_points(map, argv[1], "c", rank);
    if (calls != 80 || distsne_map_iterations(map) != 80 || !distsne_map_finished(map) ||
        distsne_map_rows(map) != count || distsne_map_dims(map) != 2 || !(distsne_map_kl(map) > 0.0)) {
      fprintf(stderr, "the map is not what was asked for\n");
      code = 1;
    }
  }
  distsne_map_free(map);

  double* weights = malloc(sizeof(double) * (size_t)(count + 1));
  for (int64_t i = 0; i < count; ++i) {
    weights[i] = weight(first + i);
  }
  map = NULL;
  if (distsne_options_set_weights(options, weights, count - (rank == ranks - 1)) != 0 ||
      distsne_embed(MPI_Comm_c2f(MPI_COMM_WORLD), rows, count, columns, options, &map) != 2 || map != NULL ||
      strstr(distsne_error(), "weights") == NULL || !distsne_error_is_everywhere()) {
    fprintf(stderr, "too few weights were taken\n");
    code = 1;
  }
  code |= failed(distsne_options_set_weights(options, weights, count));
  free(weights); /* which are copied */
  code |= failed(distsne_embed(MPI_Comm_c2f(MPI_COMM_WORLD), rows, count, columns, options, &map));
  if (code == 0) {
    code = write_points(map, argv[1], "weighted", rank);
  }
  distsne_map_free(map);
  distsne_options_free(options);
  free(rows);
  MPI_Finalize();
  return code;
}
