// Asks signatures of a SavedModel as TensorFlow Serving does: LoadSavedModel with the tag `serve`,
// then Session::Run by the names of the tensors in the SignatureDef.
//
//     serve SAVEDMODEL SIGNATURE ASKED ANSWERED [SIGNATURE ASKED ANSWERED ...]
//
// ASKED and ANSWERED are files of tensors, one after another: the name (its length as uint32, its
// bytes), the DataType (uint32), the rank (uint32), each size (int64), then the values: numbers as
// they lie in memory, texts as length (uint64) and bytes each.

#include <cstring>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "tensorflow/cc/saved_model/loader.h"

namespace {

using tensorflow::Tensor;
using Named = std::vector<std::pair<std::string, Tensor>>;

template <typename T>
T Read(std::istream& in) {
  T value;
  if (!in.read(reinterpret_cast<char*>(&value), sizeof value)) throw std::runtime_error("cut");
  return value;
}

std::string ReadText(std::istream& in, uint64_t size) {
  std::string text(size, '\0');
  if (size && !in.read(&text[0], size)) throw std::runtime_error("cut");
  return text;
}

template <typename T>
void Write(std::ostream& out, T value) {
  out.write(reinterpret_cast<const char*>(&value), sizeof value);
}

Named ReadTensors(const char* path) {
  std::ifstream in(path, std::ios::binary);
  Named found;
  while (in.peek() != EOF) {
    std::string name = ReadText(in, Read<uint32_t>(in));
    auto type = static_cast<tensorflow::DataType>(Read<uint32_t>(in));
    tensorflow::TensorShape shape;
    for (uint32_t left = Read<uint32_t>(in); left; --left) shape.AddDim(Read<int64_t>(in));
    Tensor tensor(type, shape);
    if (type == tensorflow::DT_STRING) {
      auto* values = static_cast<tensorflow::tstring*>(tensor.data());
      for (int64_t i = 0; i < tensor.NumElements(); ++i)
        values[i] = ReadText(in, Read<uint64_t>(in));
    } else {
      std::string values = ReadText(in, tensor.TotalBytes());
      std::memcpy(tensor.data(), values.data(), values.size());
    }
    found.emplace_back(name, tensor);
  }
  return found;
}

void WriteTensors(const char* path, const Named& tensors) {
  std::ofstream out(path, std::ios::binary);
  for (const auto& [name, tensor] : tensors) {
    Write<uint32_t>(out, name.size());
    out.write(name.data(), name.size());
    Write<uint32_t>(out, tensor.dtype());
    Write<uint32_t>(out, tensor.dims());
    for (int i = 0; i < tensor.dims(); ++i) Write<int64_t>(out, tensor.dim_size(i));
    if (tensor.dtype() == tensorflow::DT_STRING) {
      auto* values = static_cast<const tensorflow::tstring*>(tensor.data());
      for (int64_t i = 0; i < tensor.NumElements(); ++i) {
        Write<uint64_t>(out, values[i].size());
        out.write(values[i].data(), values[i].size());
      }
    } else {
      out.write(static_cast<const char*>(tensor.data()), tensor.TotalBytes());
    }
  }
}

void Check(const absl::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

Named Answer(const tensorflow::SavedModelBundle& model, const std::string& key, const Named& asked) {
  const auto& signature = model.GetSignatures().at(key);
  Named fed;
  for (const auto& [name, tensor] : asked)
    fed.emplace_back(signature.inputs().at(name).name(), tensor);
  std::vector<std::string> names, wanted;
  for (const auto& [name, info] : signature.outputs()) {
    names.push_back(name);
    wanted.push_back(info.name());
  }
  std::vector<Tensor> found;
  Check(model.GetSession()->Run(fed, wanted, {}, &found));
  Named answered;
  for (size_t i = 0; i < names.size(); ++i) answered.emplace_back(names[i], found[i]);
  return answered;
}

}  // namespace

int main(int count, char** given) {
  try {
    tensorflow::SavedModelBundle model;
    Check(tensorflow::LoadSavedModel({}, {}, given[1], {"serve"}, &model));
    for (int at = 2; at + 2 < count; at += 3)
      WriteTensors(given[at + 2], Answer(model, given[at], ReadTensors(given[at + 1])));
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    return 1;
  }
}
