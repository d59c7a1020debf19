using Akka.Streams;
using Akka.Streams.Stage;

namespace LogPipeline.Node.Sending;

/// <summary>
/// Lets chunks pass while <see cref="NodeWindow"/> has room for them; those that have to wait do not hold up others that may pass. Holds each stream's at most once, as
/// a stream waits for its own to be sent.
/// </summary>
internal sealed class ByteWindowStage(NodeWindow window) : GraphStage<FlowShape<OutgoingChunks, OutgoingChunks>>
{
    private readonly Inlet<OutgoingChunks> _in = new("chunks.in");
    private readonly Outlet<OutgoingChunks> _out = new("chunks.out");

    public override FlowShape<OutgoingChunks, OutgoingChunks> Shape => new(_in, _out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, window);

    private sealed class Logic : InAndOutGraphStageLogic
    {
        private readonly ByteWindowStage _stage;
        private readonly NodeWindow _window;
        private readonly LinkedList<OutgoingChunks> _held = [];
        private Action? _widened;

        public Logic(ByteWindowStage stage, NodeWindow window) : base(stage.Shape)
        {
            (_stage, _window) = (stage, window);
            SetHandler(stage._in, this);
            SetHandler(stage._out, this);
        }

        public override void PreStart()
        {
            _widened = GetAsyncCallback(Pass);
            _window.Widened += _widened;
            Pull(_stage._in);
        }

        public override void PostStop() => _window.Widened -= _widened;

        public override void OnPush()
        {
            _held.AddLast(Grab(_stage._in));
            Pull(_stage._in);
            Pass();
        }

        public override void OnPull() => Pass();

        private void Pass()
        {
            if (!IsAvailable(_stage._out)) return;
            for (LinkedListNode<OutgoingChunks>? next = _held.First; next is not null; next = next.Next)
            {
                if (!_window.MaySend(next.Value.OwnBytes)) continue;
                _held.Remove(next);
                Push(_stage._out, next.Value);
                return;
            }
        }
    }
}
