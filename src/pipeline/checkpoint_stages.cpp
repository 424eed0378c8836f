/// Results of stages, into a checkpoint and out of it.
#include <algorithm>
#include <array>
#include <limits>

#include "distsne/mpi/row_exchange.hpp"
#include "pipeline/checkpoint_state.hpp"

namespace distsne {

using Json = nlohmann::json;

namespace {

bool name_rows(std::span<const CompactIndex> named, GlobalIndex rows) {
  return std::all_of(named.begin(), named.end(), [rows](CompactIndex row) { return row < rows; });
}

}  // namespace

template <class Real>
DistributedMatrix<Real> Checkpoint<Real>::rows() const {
  DistributedMatrix<Real> x;
  x.partition = state_->even();
  x.rank = state_->rank();
  x.columns = static_cast<LocalIndex>(from_facts(state_->stages, [&] {
    return integer_in(state_->stage_facts.at("columns"), 1, std::numeric_limits<LocalIndex>::max());
  }));
  x.values = state_->kept_stage->template read<AlignedVector<Real>>("rows", x.columns, x.partition);
  return x;
}

template <class Real>
Embedding<Real> Checkpoint<Real>::initial_map() const {
  Embedding<Real> map(state_->even(), state_->rank(), state_->run.config.objective.dims);
  map.values = state_->kept_stage->template read<AlignedVector<Real>>("initial_map", map.columns, map.partition);
  return map;
}

template <class Real>
NeighborGraph Checkpoint<Real>::graph() const {
  const SavedFile& file = *state_->kept_stage;
  NeighborGraph graph;
  graph.partition = state_->even();
  graph.rank = state_->rank();
  const GlobalIndex most = std::min<GlobalIndex>(graph.rows() - 1, std::numeric_limits<LocalIndex>::max());
  graph.k = static_cast<LocalIndex>(
      from_facts(state_->stages, [&] { return integer_in(state_->stage_facts.at("k"), 1, most); }));
  graph.input_row = file.read<std::vector<GlobalIndex>>("input_row", 1, graph.partition);
  graph.neighbors = file.read<UnsetVector<CompactIndex>>("neighbors", graph.k, graph.partition);
  graph.distances = file.read<UnsetVector<float>>("distances", graph.k, graph.partition);
  const bool each = names_every_row_once(state_->run.comm, graph.partition, graph.input_row);
  state_->require_usable(each && name_rows(graph.neighbors, graph.rows()));
  return graph;
}

template <class Real>
Prepared<Real> Checkpoint<Real>::affinities() const {
  const SavedFile& file = *state_->kept_stage;
  const Json& facts = state_->stage_facts;
  Prepared<Real> prepared;
  prepared.entropy = from_facts(state_->stages, [&] {
    return AffinityEntropy{facts.at("conditional entropy").template get<double>(),
                           facts.at("joint entropy").template get<double>()};
  });
  prepared.joint.sum_p_log_p = prepared.entropy.joint_p_log_p;
  SparseRows<Real> rows;
  rows.partition = state_->even();
  rows.rank = state_->rank();
  prepared.input_row = file.read<std::vector<GlobalIndex>>("input_row", 1, rows.partition);
  const auto lengths = file.read<std::vector<GlobalIndex>>("lengths", 1, rows.partition);
  const GlobalIndex entries = file.rows("columns");
  bool fine = true;
  for (const std::int64_t length : lengths) {
    fine = fine && length >= 0 && length <= entries - rows.begin.back();
    rows.begin.push_back(fine ? rows.begin.back() + length : entries);
  }
  state_->require_usable(fine);
  const RowPartition edges(state_->run.comm.all_gather(rows.begin.back()));
  rows.columns = file.read<UnsetVector<CompactIndex>>("columns", 1, edges, entry_padding);
  rows.values = file.read<UnsetVector<Real>>("values", 1, edges, entry_padding);
  const bool each = names_every_row_once(state_->run.comm, rows.partition, prepared.input_row);
  state_->require_usable(each && name_rows(rows.columns, rows.partition.rows()));
  prepared.joint.rows = std::move(rows);
  return prepared;
}

template <class Real>
void Checkpoint<Real>::keep_rows(const DistributedMatrix<Real>& x) {
  if (state_->worth_keeping()) {
    const std::array<SavedArray, 1> arrays{SavedArray::of<Real>("rows", x.rows(), x.columns, x.first_row(), x.values)};
    state_->keep_stage("rows", arrays, {{"columns", x.columns}});
  }
}

template <class Real>
void Checkpoint<Real>::keep_graph(const NeighborGraph& graph, const Embedding<Real>& map) {
  if (state_->worth_keeping()) {
    const GlobalIndex rows = graph.rows();
    const GlobalIndex first = graph.first_row();
    const std::array<SavedArray, 4> arrays{
        SavedArray::of<std::int64_t>("input_row", rows, 1, first, graph.input_row),
        SavedArray::of<CompactIndex>("neighbors", rows, graph.k, first, graph.neighbors),
        SavedArray::of<float>("distances", rows, graph.k, first, graph.distances),
        SavedArray::of<Real>("initial_map", rows, map.columns, map.first_row(), map.values)};
    state_->keep_stage("neighbors", arrays, {{"k", graph.k}});
  }
}

template <class Real>
void Checkpoint<Real>::keep_affinities(const Prepared<Real>& prepared, const Embedding<Real>& map) {
  const auto* const sparse = std::get_if<SparseRows<Real>>(&prepared.joint.rows);
  if (sparse == nullptr || !state_->worth_keeping()) {  // dense ones are quicker computed than read
    return;
  }
  std::vector<std::int64_t> lengths(prepared.input_row.size());
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    lengths[i] = sparse->begin[i + 1] - sparse->begin[i];
  }
  const RowPartition edges(state_->run.comm.all_gather(static_cast<std::int64_t>(sparse->values.size())));
  const GlobalIndex first = sparse->first_row();
  const GlobalIndex first_edge = edges.begin(state_->rank());
  const GlobalIndex rows = map.rows();
  const std::array<SavedArray, 5> arrays{
      SavedArray::of<std::int64_t>("input_row", rows, 1, first, prepared.input_row),
      SavedArray::of<std::int64_t>("lengths", rows, 1, first, lengths),
      SavedArray::of<CompactIndex>("columns", edges.rows(), 1, first_edge, sparse->columns),
      SavedArray::of<Real>("values", edges.rows(), 1, first_edge, sparse->values),
      SavedArray::of<Real>("initial_map", rows, map.columns, map.first_row(), map.values)};
  state_->keep_stage("affinities", arrays,
                     {{"conditional entropy", prepared.entropy.conditional_p_log_p},
                      {"joint entropy", prepared.entropy.joint_p_log_p}});
}

template DistributedMatrix<float> Checkpoint<float>::rows() const;
template DistributedMatrix<double> Checkpoint<double>::rows() const;
template Embedding<float> Checkpoint<float>::initial_map() const;
template Embedding<double> Checkpoint<double>::initial_map() const;
template NeighborGraph Checkpoint<float>::graph() const;
template NeighborGraph Checkpoint<double>::graph() const;
template Prepared<float> Checkpoint<float>::affinities() const;
template Prepared<double> Checkpoint<double>::affinities() const;
template void Checkpoint<float>::keep_rows(const DistributedMatrix<float>&);
template void Checkpoint<double>::keep_rows(const DistributedMatrix<double>&);
template void Checkpoint<float>::keep_graph(const NeighborGraph&, const Embedding<float>&);
template void Checkpoint<double>::keep_graph(const NeighborGraph&, const Embedding<double>&);
template void Checkpoint<float>::keep_affinities(const Prepared<float>&, const Embedding<float>&);
template void Checkpoint<double>::keep_affinities(const Prepared<double>&, const Embedding<double>&);

}  // namespace distsne
