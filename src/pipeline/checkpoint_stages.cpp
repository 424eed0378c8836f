/// Results of stages, into a checkpoint and out of it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "mpi/row_exchange.hpp"
#include "pipeline/checkpoint_state.hpp"

namespace distsne {

using Json = nlohmann::json;

namespace {

bool name_rows(std::span<const CompactIndex> named, GlobalIndex rows) {
  return std::all_of(named.begin(), named.end(), [rows](CompactIndex row) { return row < rows; });
}

}  // namespace

template <class Real>
template <class Load>
auto Checkpoint<Real>::load(KeptStage stage, const Load& load) -> std::optional<decltype(load())> {
  if (kept() != stage) {
    return std::nullopt;
  }
  try {
    auto result = load();
    result.found = state_->found;
    return result;
  } catch (const Error& error) {
    if (error.code() != ExitCode::io_failure || !error.everywhere()) {
      throw;
    }
    state_->run.progress.say(fmt::format("note: {}; going on without it", error.what()));
  }
  state_->kept_stage.reset();
  return std::nullopt;
}

template <class Real>
Embedding<Real> Checkpoint<Real>::kept_start() const {
  Embedding<Real> map(state_->even(), state_->rank(), state_->run.config.objective.dims);
  map.values = state_->kept_stage->template read<AlignedVector<Real>>("initial_map", map.columns, map.partition);
  return map;
}

template <class Real>
std::optional<ReducedRows<Real>> Checkpoint<Real>::kept_rows() {
  return load(KeptStage::rows, [&] {
    ReducedRows<Real> rows;
    DistributedMatrix<Real>& x = rows.x;
    x.partition = state_->even();
    x.rank = state_->rank();
    x.columns = static_cast<LocalIndex>(from_facts(state_->stages, [&] {
      return integer_in(state_->stage_facts.at("columns"), 1, std::numeric_limits<LocalIndex>::max());
    }));
    x.values = state_->kept_stage->template read<AlignedVector<Real>>("rows", x.columns, x.partition);
    return rows;
  });
}

template <class Real>
std::optional<Neighborhood<Real>> Checkpoint<Real>::kept_neighborhood() {
  return load(KeptStage::graph, [&] {
    const SavedFile& file = *state_->kept_stage;
    Neighborhood<Real> hood;
    NeighborGraph& graph = hood.graph;
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
    hood.start = kept_start();
    return hood;
  });
}

template <class Real>
std::optional<Prepared<Real>> Checkpoint<Real>::kept_affinities() {
  return load(KeptStage::affinities, [&] {
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
    prepared.start = kept_start();
    return prepared;
  });
}

template <class Real>
void Checkpoint<Real>::keep(const ReducedRows<Real>& rows) {
  if (state_->worth_keeping()) {
    const DistributedMatrix<Real>& x = rows.x;
    const std::array<SavedArray, 1> arrays{SavedArray::of<Real>("rows", x.rows(), x.columns, x.first_row(), x.values)};
    state_->keep_stage("rows", arrays, {{"columns", x.columns}}, rows.found);
  }
}

template <class Real>
void Checkpoint<Real>::keep(const Neighborhood<Real>& neighborhood) {
  if (state_->worth_keeping()) {
    const NeighborGraph& graph = neighborhood.graph;
    const Embedding<Real>& map = neighborhood.start;
    const GlobalIndex rows = graph.rows();
    const GlobalIndex first = graph.first_row();
    const std::array<SavedArray, 4> arrays{
        SavedArray::of<std::int64_t>("input_row", rows, 1, first, graph.input_row),
        SavedArray::of<CompactIndex>("neighbors", rows, graph.k, first, graph.neighbors),
        SavedArray::of<float>("distances", rows, graph.k, first, graph.distances),
        SavedArray::of<Real>("initial_map", rows, map.columns, map.first_row(), map.values)};
    state_->keep_stage("neighbors", arrays, {{"k", graph.k}}, neighborhood.found);
  }
}

template <class Real>
void Checkpoint<Real>::keep(const Prepared<Real>& prepared) {
  const auto* const sparse = std::get_if<SparseRows<Real>>(&prepared.joint.rows);
  if (sparse == nullptr || !state_->worth_keeping()) {  // dense ones are quicker computed than read
    return;
  }
  const Embedding<Real>& map = prepared.start;
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
                      {"joint entropy", prepared.entropy.joint_p_log_p}},
                     prepared.found);
}

template Embedding<float> Checkpoint<float>::kept_start() const;
template Embedding<double> Checkpoint<double>::kept_start() const;
template std::optional<ReducedRows<float>> Checkpoint<float>::kept_rows();
template std::optional<ReducedRows<double>> Checkpoint<double>::kept_rows();
template std::optional<Neighborhood<float>> Checkpoint<float>::kept_neighborhood();
template std::optional<Neighborhood<double>> Checkpoint<double>::kept_neighborhood();
template std::optional<Prepared<float>> Checkpoint<float>::kept_affinities();
template std::optional<Prepared<double>> Checkpoint<double>::kept_affinities();
template void Checkpoint<float>::keep(const ReducedRows<float>&);
template void Checkpoint<double>::keep(const ReducedRows<double>&);
template void Checkpoint<float>::keep(const Neighborhood<float>&);
template void Checkpoint<double>::keep(const Neighborhood<double>&);
template void Checkpoint<float>::keep(const Prepared<float>&);
template void Checkpoint<double>::keep(const Prepared<double>&);

}  // namespace distsne
