(* Backpropagation is correct, for layers of any width and networks of any depth.

   All vectors are columns, as in the book. The library makes a normed space of n.+1 numbers,
   that is of at least one; so the widths are n.+1, m.+1 and so on, which means any but 0. *)
From mathcomp Require Import all_ssreflect ssralg ssrnum zmodp matrix.
From mathcomp Require Import classical_sets boolp functions.
From mathcomp Require Import topology normedtype derive reals.
From chainrule Require Import calculus.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory numFieldNormedType.Exports.
Local Open Scope ring_scope.

Section Backpropagation.
Variable R : realType.
Notation vec n := 'M[R]_(n.+1, 1).
Notation mat m n := 'M[R]_(m.+1, n.+1).

(* σ has a derivative at each of the weighted inputs *)
Definition smooth n (σ : R -> R) (z : vec n) := forall j, derivable σ (z j 0) 1.

(* (1.5) The error of the output layer. map_mx σ z is σ of each entry of z, and σ^`() is the
   derivative of σ. *)
Theorem output_error n (σ : R -> R) (z : vec n) (C : vec n -> R) :
  let a := map_mx σ z in
  differentiable C a -> smooth σ z ->
  has_gradient (fun z => C (map_mx σ z)) z
    (∂ C a ⊙ map_mx σ^`() z).
Proof.
move=> a dC sz; have sz' k l : derivable σ (z k l) 1 by rewrite (ord1 l); exact: sz.
by have [d D] := elementwise_chain sz' dC; split=> //; rewrite D; congr (_ ⊙ map_mx _ _).
Qed.

(* (1.4) The error of an output neuron. *)
Theorem output_error_of_neuron n (σ : R -> R) (z : vec n)
    (C : vec n -> R) j :
  let a := map_mx σ z in
  differentiable C a -> smooth σ z ->
  ∂ (fun z => C (map_mx σ z)) z j 0 =
    ∂ C a j 0 * σ^`() (z j 0).
Proof.
move=> a dC sz; have [_ ->] := output_error dC sz.
by rewrite mxE [map_mx _ _ _ _]mxE.
Qed.

Lemma gradient_of_inputs n m (w : mat m n) (b : vec m) (C : vec m -> R) (a : vec n) :
  differentiable C (w *m a + b) ->
  has_gradient (fun a => C (w *m a + b)) a (w^T *m ∂ C (w *m a + b)).
Proof.
move=> dC; have [//|d D] := @affine_chain _ _ _ _ _ [linear of mulmx w] b C a.
split=> //; rewrite D; apply/matrixP => k j; rewrite mxE [RHS]mxE.
apply: eq_bigr => i _; rewrite big_ord_recl big_ord0 addr0 (ord1 j) mulrC.
congr (_ * _); rewrite !mxE (bigD1 k) //= big1 ?addr0.
  by rewrite mxE !eqxx mulr1.
by move=> l lk; rewrite mxE (negbTE lk) mulr0.
Qed.

(* (1.7) The error of a hidden layer. C is the cost as a function of the weighted inputs of the
   next layer, whose error is δ. *)
Theorem hidden_error n m (σ : R -> R) (z : vec n) (w : mat m n) (b : vec m)
    (C : vec m -> R) :
  let δ := ∂ C (w *m map_mx σ z + b) in
  differentiable C (w *m map_mx σ z + b) -> smooth σ z ->
  has_gradient (fun z => C (w *m map_mx σ z + b)) z
    ((w^T *m δ) ⊙ map_mx σ^`() z).
Proof.
move=> δ dC sz; have [d D] := gradient_of_inputs dC.
by rewrite /δ -D; exact: (output_error d sz).
Qed.

(* (1.6) The error of a hidden neuron. *)
Theorem hidden_error_of_neuron n m (σ : R -> R) (z : vec n) (w : mat m n)
    (b : vec m) (C : vec m -> R) k :
  let δ := ∂ C (w *m map_mx σ z + b) in
  differentiable C (w *m map_mx σ z + b) -> smooth σ z ->
  ∂ (fun z => C (w *m map_mx σ z + b)) z k 0 =
    \sum_j w j k * δ j 0 * σ^`() (z k 0).
Proof.
move=> δ dC sz; have [_ ->] := hidden_error dC sz.
rewrite mxE [map_mx _ _ _ _]mxE mxE big_distrl /=.
by apply: eq_bigr => j _; rewrite [w^T _ _]mxE.
Qed.

(* (1.8) The gradient of the biases. C is the cost as a function of the weighted inputs of the
   layer itself. *)
Theorem bias_gradient n m (w : mat m n) (b : vec m) (a : vec n)
    (C : vec m -> R) :
  let δ := ∂ C (w *m a + b) in
  differentiable C (w *m a + b) ->
  has_gradient (fun b => C (w *m a + b)) b
    δ.
Proof.
move=> δ dC.
have -> : (fun b => C (w *m a + b)) = (fun b => C (b + w *m a)).
  by apply/funext => y; rewrite addrC.
have [|d D] := @affine_chain _ _ _ _ _ [linear of idfun] (w *m a) C b.
  by rewrite /= addrC.
split=> //; rewrite D [X in ∂ C X]addrC; apply/matrixP => k j; rewrite mxE (bigD1 k) //=.
rewrite big_ord_recl big_ord0 addr0 [X in _ * X]mxE (ord1 j) !eqxx mulr1 big1 ?addr0 //.
by move=> i ik; rewrite big_ord_recl big_ord0 addr0 [X in _ * X]mxE (negbTE ik) mulr0.
Qed.

(* (1.9) The gradient of the weights. *)
Theorem weight_gradient n m (w : mat m n) (b : vec m) (a : vec n)
    (C : vec m -> R) :
  let δ := ∂ C (w *m a + b) in
  differentiable C (w *m a + b) ->
  has_gradient (fun w => C (w *m a + b)) w
    (δ *m a^T).
Proof.
move=> δ dC; have [//|d D] := @affine_chain _ _ _ _ _ [linear of mulmxr a] b C w.
split=> //; rewrite D; apply/matrixP => i j; rewrite [LHS]mxE [RHS]mxE.
rewrite (bigD1 i) //= !big_ord_recl !big_ord0 !addr0 big1 ?addr0.
  congr (_ * _); rewrite !mxE (bigD1 j) //= mxE !eqxx mul1r big1 ?addr0 //.
  by move=> k kj; rewrite mxE (negbTE kj) andbF mul0r.
move=> k ki; rewrite big_ord_recl big_ord0 addr0 [X in _ * X]mxE big1 ?mulr0 // => l _.
by rewrite mxE (negbTE ki) mul0r.
Qed.

(* layers o n: layers one above the other, from n.+1 inputs to o.+1 outputs. *)
Inductive layers (o : nat) : nat -> Type :=
| Done : layers o o
| Layer n m (w : mat m n) (b : vec m) (σ : R -> R) of layers o m :
    layers o n.

Fixpoint run o n (net : layers o n) : vec n -> vec o :=
  match net in layers _ n return vec n -> vec o with
  | Done => fun a => a
  | Layer _ _ w b σ above => fun a => run above (map_mx σ (w *m a + b))
  end.

(* The layers of one network, and those of another above them. *)
Fixpoint stack o m n (below : layers m n) (above : layers o m) : layers o n :=
  match below in layers _ n return layers o n with
  | Done => above
  | Layer _ _ w b σ rest => Layer w b σ (stack rest above)
  end.

Lemma run_stack o m n (below : layers m n) (above : layers o m) x :
  run (stack below above) x = run above (run below x).
Proof. by elim: below x => [//|k p w b σ rest IH] x /=. Qed.

(* Every activation has a derivative at the weighted inputs that occur. *)
Fixpoint all_smooth o n (net : layers o n) : vec n -> Prop :=
  match net in layers _ n return vec n -> Prop with
  | Done => fun _ => True
  | Layer _ _ w b σ above => fun a =>
      smooth σ (w *m a + b) /\ all_smooth above (map_mx σ (w *m a + b))
  end.

Section Algorithm.
Variables (o : nat) (C : vec o -> R).

(* What the algorithm computes as the error of a layer with the activation σ and the weighted
   inputs z: by (1.5) if no layer is above it, and by (1.7) if one is. *)
Fixpoint error n (above : layers o n) : (R -> R) -> vec n -> vec n :=
  match above in layers _ n return (R -> R) -> vec n -> vec n with
  | Done => fun σ z => ∂ C (map_mx σ z) ⊙ map_mx σ^`() z
  | Layer _ _ w b σ' above => fun σ z =>
      (w^T *m error above σ' (w *m map_mx σ z + b)) ⊙ map_mx σ^`() z
  end.

Lemma error_correct n (above : layers o n) σ (z : vec n) :
  smooth σ z -> all_smooth above (map_mx σ z) ->
  differentiable C (run above (map_mx σ z)) ->
  has_gradient (fun z => C (run above (map_mx σ z))) z (error above σ z).
Proof.
elim: above σ z => [|k m w b σ' above IH] σ z /= sz.
  by move=> _ dC; exact: output_error.
move=> [s' sabove] dC; have [d D] := IH _ _ s' sabove dC.
by rewrite -D; exact: (@hidden_error _ _ σ z w b (fun z => C (run above (map_mx σ' z)))).
Qed.

(* (1.5.2a) The whole algorithm, for any layer of a network: there may be any number of layers
   below it and above it. *)
Theorem backpropagation n m k (below : layers m n) (w : mat k m) (b : vec k)
    (σ : R -> R) (above : layers o k) (x : vec n) :
  let a := run below x in
  let z := w *m a + b in
  let d := error above σ z in
  let net w b := stack below (Layer w b σ above) in
  all_smooth (Layer w b σ above) a ->
  differentiable C (run (net w b) x) ->
  [/\ has_gradient (fun z => C (run above (map_mx σ z))) z d,
      has_gradient (fun w => C (run (net w b) x)) w (d *m a^T)
    & has_gradient (fun b => C (run (net w b) x)) b d].
Proof.
move=> a z d net [sz sabove].
have E v c : run (net v c) x = run above (map_mx σ (v *m a + c)) by exact: run_stack.
rewrite E => dC; have [dz D] := error_correct sz sabove dC; rewrite /d -D; split=> //.
  rewrite (_ : (fun w => _) = (fun w => C (run above (map_mx σ (w *m a + b))))).
    exact: (@weight_gradient _ _ w b a (fun z => C (run above (map_mx σ z)))).
  by apply/funext => v; rewrite E.
rewrite (_ : (fun b => _) = (fun b => C (run above (map_mx σ (w *m a + b))))).
  exact: (@bias_gradient _ _ w b a (fun z => C (run above (map_mx σ z)))).
by apply/funext => v; rewrite E.
Qed.
End Algorithm.

(* (1.1.2c) The gradients of a batch. Row s of A holds the inputs of sample s, row s of Δ its
   errors, and c s is its cost. *)
Theorem batch_gradient N n m (w : mat m n) (b : vec m) (A : 'M_(N, n.+1))
    (c : 'I_N -> vec m -> R) :
  let z s w b := w *m (row s A)^T + b in
  let Δ := \matrix_(s, j) ∂ (c s) (z s w b) j 0 in
  (forall s, differentiable (c s) (z s w b)) ->
  has_gradient (fun w => \sum_s c s (z s w b)) w
    (Δ^T *m A) /\
  has_gradient (fun b => \sum_s c s (z s w b)) b
    (\sum_s (row s Δ)^T).
Proof.
move=> z Δ dc.
have Δs s : (row s Δ)^T = ∂ (c s) (z s w b).
  by apply/matrixP => j l; rewrite (ord1 l) !mxE.
split.
  have -> : Δ^T *m A = \sum_s (row s Δ)^T *m row s A.
    apply/matrixP => j k; rewrite mxE summxE; apply: eq_bigr => s _.
    by rewrite [RHS]mxE big_ord_recl big_ord0 addr0 !mxE.
  apply: sum_gradient => s; rewrite Δs -[X in _ *m X]trmxK.
  exact: (weight_gradient (dc s)).
by apply: sum_gradient => s; rewrite Δs; exact: (bias_gradient (dc s)).
Qed.
End Backpropagation.
