/* Maps in memory for C and for languages that speak it: rows that the caller's ranks hold in, their points out. What is
 * true of compute_map (pipeline/map.hpp) is true here.
 *
 * Functions that return int return 0 when all went well, else the exit code that the program would end with: 1 failure,
 * 2 bad input, 75 stopped before the iterations; distsne_error() has the message then. */
#ifndef DISTSNE_DISTSNE_H
#define DISTSNE_DISTSNE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The options of `distsne embed` that bear on the map, by name and text, without the dashes; see distsne embed --help.
 * threads and measure-every are among them. */
typedef struct distsne_options distsne_options;

/* All at their defaults. NULL where there is no memory. */
distsne_options* distsne_options_create(void);
void distsne_options_free(distsne_options* options);

/* Flags take "true" and "false". 2 where there is no such option, or it does not take this value. */
int distsne_options_set(distsne_options* options, const char* name, const char* value);

/* Called on every rank before the first iteration and after each, with `user` as it was given. `total` iterations at
 * most, kl as last measured. Anything but 0 from one rank stops all of them, and the map is what it is by then. */
typedef int (*distsne_watch)(void* user, int64_t iteration, int64_t total, double kl);
void distsne_options_set_watch(distsne_options* options, distsne_watch watch, void* user);

/* How many equal points each of the `count` rows of this rank stands for: finite numbers above 0, which are copied; see
 * MapInput (pipeline/map.hpp). They differ from rank to rank as the rows do. All ranks have weights or none; only one
 * without rows needs none. NULL takes them away. 2 where count is below 0; whether there are as many as rows, and what
 * else is wrong with them, is found by distsne_embed on all ranks. */
int distsne_options_set_weights(distsne_options* options, const double* weights, int64_t count);

typedef struct distsne_map distsne_map;

/* Collective over a communicator, given by its Fortran handle: MPI_Comm_c2f(comm). `rows` holds the count x columns
 * values of this rank's rows, row after row; together the rows of all ranks, in rank order, are mapped. A count of 0 is
 * fine, on some ranks. Options but for weights are the same on all ranks; NULL: the defaults. *map is to be freed. */
int distsne_embed(int fortran_communicator, const float* rows, int64_t count, int32_t columns,
                  const distsne_options* options, distsne_map** map);
int distsne_embed_double(int fortran_communicator, const double* rows, int64_t count, int32_t columns,
                         const distsne_options* options, distsne_map** map);
void distsne_map_free(distsne_map* map);

/* Rows of this rank, and coordinates of each. */
int64_t distsne_map_rows(const distsne_map* map);
int32_t distsne_map_dims(const distsne_map* map);
/* The points of this rank's rows, rows x dims, one after the other. With the option precision at double, the first
 * rounds them. */
void distsne_map_points(const distsne_map* map, float* points);
void distsne_map_points_double(const distsne_map* map, double* points);
/* Cost of the map, in nats. */
double distsne_map_kl(const distsne_map* map);
int64_t distsne_map_iterations(const distsne_map* map);
/* 0 where the watch has stopped it. */
int distsne_map_finished(const distsne_map* map);
/* What a user should know of this map, a line each; lives as long as the map. */
const char* distsne_map_notes(const distsne_map* map);

/* The message of the last error in this thread; until the next one. */
const char* distsne_error(void);
/* Whether all ranks have met that error. If not, the others still wait for this one: end them, as by MPI_Abort. */
int distsne_error_is_everywhere(void);

/* "0.1.0 (commit)". */
const char* distsne_version(void);

#ifdef __cplusplus
}
#endif

#endif
